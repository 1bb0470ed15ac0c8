// The whole of node-forge has TLS, SSH and HTTP in it; each of these adds its part to the object.
import forge from 'node-forge/lib/forge.js';
import 'node-forge/lib/asn1.js';
import 'node-forge/lib/rc2.js';
import 'node-forge/lib/x509.js';

export default forge;
