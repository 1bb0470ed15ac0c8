// The imported parts of node-forge have no type declarations; those of the whole library apply.
declare module 'node-forge/lib/forge.js' {
  import * as forge from 'node-forge';
  export default forge;
}
declare module 'node-forge/lib/asn1.js';
declare module 'node-forge/lib/rc2.js';
declare module 'node-forge/lib/x509.js';
