import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import type { Identity } from './certificates/index';
import { setAside } from './setAside';
import { explainStorageError } from './state/storageError';

/**
 * Reads a certificate and its private key. Files that are damaged or don't belong together are renamed.
 * @param onSetAside called with the reason
 * @returns undefined if there is no usable pair
 * @throws StorageError if a file exists that cannot be read
 */
export function readIdentity(
  certificateFile: string,
  keyFile: string,
  onSetAside: (text: string) => void,
): Identity | undefined {
  const files = [certificateFile, keyFile].filter((file) => fs.existsSync(file));
  if (files.length === 0) return undefined;
  const found = files.map((file) => ({ file, damage: damageOf(file, file === keyFile) }));
  const isPair = files.length === 2 && found.every(({ damage }) => damage === undefined);
  if (isPair) {
    const identity = {
      certificate: fs.readFileSync(certificateFile, 'utf8'),
      key: fs.readFileSync(keyFile, 'utf8'),
    };
    if (new X509Certificate(identity.certificate).checkPrivateKey(createPrivateKey(identity.key)))
      return identity;
  }
  const reason =
    found.find(({ damage }) => damage !== undefined) ??
    (isPair
      ? { file: keyFile, damage: 'it does not belong to the certificate' }
      : { file: files[0] === keyFile ? certificateFile : keyFile, damage: 'it is missing' });
  const names = files.map(setAside).join(' and ');
  onSetAside(
    `The file ${reason.file} cannot be used (${reason.damage ?? ''}). The certificate and its key were set aside as ${names}, and new ones are created.`,
  );
  return undefined;
}

function damageOf(file: string, isKey: boolean): string | undefined {
  let text: string;
  try {
    if (fs.statSync(file).isDirectory()) return 'it is a folder';
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw explainStorageError(error, file);
  }
  if (text.trim() === '') return 'it is empty';
  try {
    if (isKey) createPrivateKey(text);
    else new X509Certificate(text);
    return undefined;
  } catch {
    return isKey ? 'it is not a private key' : 'it is not a certificate';
  }
}
