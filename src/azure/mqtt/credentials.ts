import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { parseCertificate } from '../../core/certificate/certificate';
import { pemText } from '../../core/certificate/pemText';
import { IotError } from '../../core/errors';
import { type CertificateFiles, type MqttSettings } from '../../core/mqtt/mqttSettings';

/** What a client authenticates with: a token, or a certificate with its decrypted key. Contains a secret. */
export type ConnectCredentials =
  { readonly password: string } | { readonly cert: string; readonly key: string };

/** The key is decrypted for this call only. @throws IotError `wrongPassphrase`, `setupMissing`, `invalidInput` */
export async function readCredentials(
  { credentials }: Pick<MqttSettings, 'credentials'>,
  passphrase: string | undefined,
): Promise<ConnectCredentials> {
  if (credentials.kind === 'sas') return { password: credentials.password };
  const cert = await readPem(credentials.certificateFile, (file) =>
    l10n.t('The certificate of the device cannot be read: {0}', file),
  );
  const pem = await readPem(credentials.keyFile, (file) =>
    l10n.t('The private key of the device cannot be read: {0}', file),
  );
  const key = openKey(pem, credentials, passphrase);
  if (!parseCertificate(cert).checkPrivateKey(key)) {
    throw new IotError(
      'invalidInput',
      l10n.t('The private key does not match the certificate: {0}', credentials.keyFile),
    );
  }
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function openKey(
  pem: string,
  { keyFile, isKeyEncrypted }: CertificateFiles,
  passphrase: string | undefined,
): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase: passphrase ?? '' });
  } catch (cause) {
    throw isKeyEncrypted
      ? new IotError(
          'wrongPassphrase',
          l10n.t('The passphrase does not decrypt the private key: {0}', keyFile),
          {
            cause,
          },
        )
      : new IotError('invalidInput', l10n.t('The private key cannot be read: {0}', keyFile), { cause });
  }
}

async function readPem(file: string, failure: (file: string) => string): Promise<string> {
  try {
    return pemText(await readFile(file));
  } catch (cause) {
    throw new IotError('setupMissing', failure(file), { cause });
  }
}
