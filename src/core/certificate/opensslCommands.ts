import { quoteSh } from '../base/shellQuoting';
import { singleLine } from '../base/singleLine';

/** Commands to prove possession of a key that is stored elsewhere; `CA.pem` and `CA.key` are placeholders. */
export function opensslProofCommands(code: string): string {
  return [
    String.raw`# Proof of possession for Azure IoT Hub, verification code ${singleLine(code)}`,
    String.raw`openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out proof.key`,
    String.raw`openssl req -new -key proof.key -subj ${quoteSh(`/CN=${code}`)} -out proof.csr`,
    String.raw`openssl x509 -req -in proof.csr -CA CA.pem -CAkey CA.key -CAcreateserial -days 1 -sha256 -out proof.pem`,
    '',
  ].join('\n');
}
