import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import * as l10n from '@vscode/l10n';
import { IotError } from '../core/errors';

/**
 * The roots of Azure's servers: DigiCert Global Root G2 and G3, and Microsoft RSA Root Certificate Authority 2017.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-tls-support#cryptographic-hash-algorithms
 * @see https://learn.microsoft.com/azure/security/fundamentals/azure-CA-details#root-certificate-authorities
 */
const fingerprints = new Set([
  'DF:3C:24:F9:BF:D6:66:76:1B:26:80:73:FE:06:D1:CC:8D:4F:82:A4',
  '7E:04:DE:89:6A:3E:66:6D:00:E6:87:D3:3F:FA:D9:3B:E8:3D:34:9E',
  '73:A5:E6:4A:3B:FF:83:16:FF:0E:DC:CC:61:8A:90:6E:4E:AE:4D:74',
]);

/** PEM of the root CAs of Azure IoT Hub, from those included in Node.js. */
export function azureRootsPem(): string {
  const found = rootCertificates.filter((pem) => fingerprints.has(new X509Certificate(pem).fingerprint));
  if (found.length === 0) {
    throw new IotError(
      'setupMissing',
      l10n.t('The root certificates of Azure IoT Hub are missing in this Node.js.'),
    );
  }
  return `${found.join('\n')}\n`;
}
