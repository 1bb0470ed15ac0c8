import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseCertificate } from '../../core/certificate/certificate';
import { IotError } from '../../core/errors';
import { type CertificateFiles, type MqttSettings } from '../../core/mqtt/mqttSettings';

/** What a client presents: a token, or a certificate with its opened key. Holds a secret. */
export type LoginOptions = { readonly password: string } | { readonly cert: string; readonly key: string };

/** The key is opened for this call only. @throws IotError `wrongPassphrase`, `setupMissing`, `invalidInput` */
export async function loginOptions(
  { login }: Pick<MqttSettings, 'login'>,
  passphrase: string | undefined,
): Promise<LoginOptions> {
  if (login.kind === 'sas') return { password: login.password };
  const cert = await readPem(login.certificateFile, 'certificate');
  const key = openKey(await readPem(login.keyFile, 'private key'), login, passphrase);
  if (!parseCertificate(cert).checkPrivateKey(key)) {
    throw new IotError('invalidInput', `The private key does not fit the certificate: ${login.keyFile}`);
  }
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function openKey(
  pem: string,
  { keyFile, isKeyEncrypted }: CertificateFiles,
  passphrase: string | undefined,
): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    throw isKeyEncrypted
      ? new IotError('wrongPassphrase', `The passphrase does not open the private key: ${keyFile}`, { cause })
      : new IotError('invalidInput', `The private key cannot be read: ${keyFile}`, { cause });
  }
}

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new IotError('setupMissing', `The ${what} of the device cannot be read: ${file}`, { cause });
  }
}
