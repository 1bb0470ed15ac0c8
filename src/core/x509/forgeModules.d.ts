// The parts of node-forge that we load have no types of their own; those of the whole library fit.
declare module 'node-forge/lib/forge.js' {
  import * as forge from 'node-forge';
  export default forge;
}
declare module 'node-forge/lib/asn1.js';
declare module 'node-forge/lib/rc2.js';
declare module 'node-forge/lib/x509.js';
