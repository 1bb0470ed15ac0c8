import { quoteSh } from '../mqtt/mosquittoPub';

/** What the owner of a key runs elsewhere to prove its possession; `CA.pem` and `CA.key` stand for their files. */
export function opensslProofCommands(code: string): string {
  return [
    `# Proof of possession for Azure IoT Hub, verification code ${code}`,
    'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out proof.key',
    `openssl req -new -key proof.key -subj ${quoteSh(`/CN=${code}`)} -out proof.csr`,
    'openssl x509 -req -in proof.csr -CA CA.pem -CAkey CA.key -CAcreateserial -days 1 -sha256 -out proof.pem',
    '',
  ].join('\n');
}
