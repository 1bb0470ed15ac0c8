import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Authority, type NewAuthority } from '../core/certificate/authorityStore';
import { certificateFacts, parseCertificate, splitPem } from '../core/certificate/certificate';
import { IotError } from '../core/errors';
import { isTemporary, isThere, readText, removeIfEmpty, removeIfThere, writeNew } from './files';

/** What is not in the certificate; `authority.json`. */
interface Description {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly isKeyEncrypted: boolean;
  readonly parentId?: string;
  readonly createdAt: number;
}

export const names = {
  certificate: 'ca.pem',
  chain: 'chain.pem',
  key: 'ca.key.pem',
  description: 'authority.json',
  index: 'issued.jsonl',
  devices: 'devices',
} as const;

/** Short for a certificate: the first 16 digits of its SHA-256 thumbprint. */
export const idOf = (sha256: string): string => sha256.slice(0, 16).toLowerCase();

/** @throws IotError when the folder holds no whole authority. */
export async function readAuthority(folder: string): Promise<Authority> {
  const certificateFile = path.join(folder, names.certificate);
  const keyFile = path.join(folder, names.key);
  const [text, pem, hasKey] = await Promise.all([
    readText(path.join(folder, names.description)),
    readText(certificateFile),
    isThere(keyFile),
  ]);
  const description = parseDescription(text, folder);
  const facts = certificateFacts(parseCertificate(pem));
  if (idOf(facts.sha256) !== description.id) {
    throw new IotError('invalidInput', `${certificateFile} is not the certificate that was put there.`);
  }
  const { id, name, isKeyEncrypted, parentId, createdAt } = description;
  return {
    id,
    name,
    folder,
    certificateFile,
    chainFile: path.join(folder, names.chain),
    ...(hasKey ? { keyFile } : {}),
    isKeyEncrypted,
    ...(parentId === undefined ? {} : { parentId }),
    createdAt,
    facts,
  };
}

function parseDescription(text: string, folder: string): Description {
  let value: Partial<Description> | null;
  try {
    value = JSON.parse(text) as Partial<Description> | null;
  } catch (cause) {
    throw new IotError('invalidInput', `${path.join(folder, names.description)} is damaged.`, { cause });
  }
  const { id, name, parentId, createdAt } = value ?? {};
  if (
    typeof id !== 'string' ||
    typeof name !== 'string' ||
    typeof createdAt !== 'number' ||
    !(parentId === undefined || typeof parentId === 'string')
  ) {
    throw new IotError('invalidInput', `${path.join(folder, names.description)} is of another program.`);
  }
  return { version: 1, id, name, parentId, createdAt, isKeyEncrypted: value?.isKeyEncrypted === true };
}

/** Fills a new folder. What was written is taken back when one of the files fails. */
export async function writeAuthority(folder: string, authority: NewAuthority, now: number): Promise<void> {
  const { certificate, chain, key, name, isKeyEncrypted, parentId } = authority;
  const id = idOf(certificateFacts(parseCertificate(certificate)).sha256);
  const description: Description = { version: 1, id, name, isKeyEncrypted, parentId, createdAt: now };
  const contents: readonly (readonly [string, string | undefined])[] = [
    [names.key, key],
    [names.certificate, splitPem(certificate)[0]],
    [names.chain, [certificate, ...chain].flatMap(splitPem).join('')],
    // The last one: a folder without it is no authority, so a crash leaves none that is half there.
    [names.description, `${JSON.stringify(description, null, 2)}\n`],
  ];
  try {
    for (const [file, content] of contents) {
      if (content !== undefined) await writeNew(path.join(folder, file), content);
    }
  } catch (error) {
    await Promise.allSettled(contents.map(([file]) => removeIfThere(path.join(folder, file))));
    await removeIfEmpty(folder).catch(() => undefined);
    throw error;
  }
}

/** Deletes what the store wrote, and the folders when nothing else is in them. The keys go first. */
export async function removeAuthority(folder: string, deviceFiles: readonly string[]): Promise<void> {
  const devices = path.join(folder, names.devices);
  await removeIfThere(path.join(folder, names.key));
  for (const file of deviceFiles) await removeIfThere(file);
  for (const place of [folder, devices]) {
    for (const name of (await readdir(place).catch(() => [])).filter(isTemporary)) {
      await removeIfThere(path.join(place, name));
    }
  }
  await removeIfEmpty(devices);
  for (const name of [names.chain, names.index, names.certificate, names.description]) {
    await removeIfThere(path.join(folder, name));
  }
  await removeIfEmpty(folder);
}
