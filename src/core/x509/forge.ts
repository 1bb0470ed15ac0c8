// Only parts of node-forge, without TLS, SSH, and HTTP; each import adds its part to the object.
import forge from 'node-forge/lib/forge.js';
import 'node-forge/lib/asn1.js';
import 'node-forge/lib/rc2.js';
import 'node-forge/lib/x509.js';

export default forge;
