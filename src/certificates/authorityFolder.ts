import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { type Authority, type NewAuthority } from '../core/certificate/authorityStore';
import { readCertificateInfo, parseCertificate, splitPem } from '../core/certificate/certificate';
import { IotError } from '../core/errors';
import { isTemporary, fileExists, readText, removeIfEmpty, removeIfExists, writeNew } from './files';

/** `authority.json`: properties that are not in the certificate. */
interface Description {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly isKeyEncrypted: boolean;
  readonly parentId?: string;
  readonly createdAt: number;
}

export const fileNames = {
  certificate: 'ca.pem',
  chain: 'chain.pem',
  key: 'ca.key.pem',
  description: 'authority.json',
  index: 'issued.jsonl',
  devices: 'devices',
} as const;

/** Short id of a certificate: the first 16 digits of its SHA-256 thumbprint. */
export const certificateId = (sha256: string): string => sha256.slice(0, 16).toLowerCase();

/** @throws IotError if the folder does not contain a complete certificate authority */
export async function readAuthority(folder: string): Promise<Authority> {
  const certificateFile = path.join(folder, fileNames.certificate);
  const keyFile = path.join(folder, fileNames.key);
  const [text, pem, hasKey] = await Promise.all([
    readText(path.join(folder, fileNames.description)),
    readText(certificateFile),
    fileExists(keyFile),
  ]);
  const description = parseDescription(text, folder);
  const info = readCertificateInfo(parseCertificate(pem));
  if (certificateId(info.sha256) !== description.id) {
    throw new IotError(
      'invalidInput',
      l10n.t('{0} is not the certificate that was stored there.', certificateFile),
    );
  }
  const { id, name, isKeyEncrypted, parentId, createdAt } = description;
  return {
    id,
    name,
    folder,
    certificateFile,
    chainFile: path.join(folder, fileNames.chain),
    ...(hasKey ? { keyFile } : {}),
    isKeyEncrypted,
    ...(parentId === undefined ? {} : { parentId }),
    createdAt,
    info,
  };
}

function parseDescription(text: string, folder: string): Description {
  let value: Partial<Description> | null;
  try {
    value = JSON.parse(text) as Partial<Description> | null;
  } catch (cause) {
    throw new IotError(
      'invalidInput',
      l10n.t('{0} is not valid JSON.', path.join(folder, fileNames.description)),
      { cause },
    );
  }
  const { id, name, parentId, createdAt } = value ?? {};
  if (
    typeof id !== 'string' ||
    typeof name !== 'string' ||
    typeof createdAt !== 'number' ||
    !(parentId === undefined || typeof parentId === 'string')
  ) {
    throw new IotError(
      'invalidInput',
      l10n.t('{0} does not describe a certificate authority.', path.join(folder, fileNames.description)),
    );
  }
  return { version: 1, id, name, parentId, createdAt, isKeyEncrypted: value?.isKeyEncrypted === true };
}

/** Writes the files to a new folder. If one of them fails, the others are removed. */
export async function writeAuthority(folder: string, authority: NewAuthority, now: number): Promise<void> {
  const { certificate, chain, key, name, isKeyEncrypted, parentId } = authority;
  const id = certificateId(readCertificateInfo(parseCertificate(certificate)).sha256);
  const description: Description = { version: 1, id, name, isKeyEncrypted, parentId, createdAt: now };
  const contents: readonly (readonly [string, string | undefined])[] = [
    [fileNames.key, key],
    [fileNames.certificate, splitPem(certificate)[0]],
    [fileNames.chain, [certificate, ...chain].flatMap(splitPem).join('')],
    // Last: a folder without it is not a certificate authority, so a crash does not leave an incomplete one.
    [fileNames.description, `${JSON.stringify(description, null, 2)}\n`],
  ];
  try {
    for (const [file, content] of contents) {
      if (content !== undefined) await writeNew(path.join(folder, file), content);
    }
  } catch (error) {
    await Promise.allSettled(contents.map(([file]) => removeIfExists(path.join(folder, file))));
    await removeIfEmpty(folder).catch(() => undefined);
    throw error;
  }
}

/** Deletes the files that the store wrote, keys first, and the folders if they are empty. */
export async function removeAuthority(folder: string, deviceFiles: readonly string[]): Promise<void> {
  const devices = path.join(folder, fileNames.devices);
  await removeIfExists(path.join(folder, fileNames.key));
  for (const file of deviceFiles) await removeIfExists(file);
  for (const directory of [folder, devices]) {
    for (const name of (await readdir(directory).catch(() => [])).filter(isTemporary)) {
      await removeIfExists(path.join(directory, name));
    }
  }
  await removeIfEmpty(devices);
  for (const name of [fileNames.chain, fileNames.index, fileNames.certificate, fileNames.description]) {
    await removeIfExists(path.join(folder, name));
  }
  await removeIfEmpty(folder);
}
