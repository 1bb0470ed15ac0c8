import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Emitter } from '../core/base/event';
import { inParallel } from '../core/base/inParallel';
import {
  type Authority,
  type AuthorityStore,
  type IssuedCertificate,
  type NewAuthority,
  type NewIssuedCertificate,
} from '../core/certificate/authorityStore';
import { readCertificateInfo, parseCertificate, splitPem } from '../core/certificate/certificate';
import { IotError, plainMessage } from '../core/errors';
import { certificateId, fileNames, readAuthority, removeAuthority, writeAuthority } from './authorityFolder';
import {
  claimFolder,
  fileExists,
  createFolder,
  readText,
  removeIfExists,
  writeNew,
} from './files';
import { FolderRegistry } from './folderRegistry';
import { IssuedIndex } from './issuedIndex';
import { candidates, safeName } from './safeNames';

export interface AuthorityFoldersOptions {
  /** Absolute; asked for every time, since it is a setting. */
  readonly defaultFolder: () => string;
  /** JSON list of the folders that were made. */
  readonly registryFile: string;
  /** A sentence for the log: a folder that is damaged or gone. Each is told once. */
  readonly onProblem?: (text: string) => void;
}

/** Certificates without an authority are in this folder of the default place. */
const selfSigned = 'self-signed';
const parallelWrites = 16;

/** {@link AuthorityStore} in folders: one an authority, readable without this extension. */
export class AuthorityFolders implements AuthorityStore {
  private readonly changes = new Emitter<void>();
  private readonly registry: FolderRegistry;
  private readonly indexes = new Map<string, IssuedIndex>();
  private readonly reported = new Set<string>();

  readonly onDidChange = this.changes.event;

  constructor(private readonly options: AuthorityFoldersOptions) {
    this.registry = new FolderRegistry(options.registryFile);
  }

  /** Reads the folders each time, so what another window did is in it. */
  async list(): Promise<readonly Authority[]> {
    const found = new Map<string, Authority>();
    for (const folder of await this.folders()) {
      if (path.basename(folder) === selfSigned) continue;
      try {
        const authority = await readAuthority(folder);
        const other = found.get(authority.id);
        if (other) {
          this.reportOnce(
            folder,
            `${folder} and ${other.folder} hold the same authority; the second one counts.`,
          );
          continue;
        }
        found.set(authority.id, authority);
        this.reported.delete(folder);
      } catch (error) {
        this.reportOnce(folder, `The certificate authority in ${folder} is left out. ${plainMessage(error)}`);
      }
    }
    return [...found.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  async get(id: string): Promise<Authority> {
    const authority = (await this.list()).find((one) => one.id === id);
    if (authority) return authority;
    throw new IotError('notFound', 'This certificate authority is not on this computer any more. Refresh.');
  }

  async add(authority: NewAuthority): Promise<Authority> {
    const { sha256 } = readCertificateInfo(parseCertificate(authority.certificate));
    const known = (await this.list()).find(({ id }) => id === certificateId(sha256));
    if (known) {
      throw new IotError('alreadyExists', `This certificate authority is here already, in ${known.folder}.`);
    }
    const parent = path.resolve(authority.parentFolder ?? this.options.defaultFolder());
    await createFolder(parent);
    const folder = await this.claim(parent, safeName(authority.name, 'authority'));
    await writeAuthority(folder, authority, Date.now());
    await this.registry.add(folder);
    const added = await readAuthority(folder);
    this.changes.fire();
    return added;
  }

  async remove(id: string): Promise<void> {
    const { folder } = await this.get(id);
    const { entries } = await this.indexOf(folder).read();
    const files = entries.flatMap(({ keyFile, certificateFile }) => [keyFile ?? [], certificateFile].flat());
    try {
      await removeAuthority(folder, files);
      await this.registry.remove(folder);
    } finally {
      this.changes.fire();
    }
  }

  async issued(): Promise<readonly IssuedCertificate[]> {
    const all: IssuedCertificate[] = [];
    for (const { folder, authorityId } of await this.issuers()) {
      try {
        const { entries, unreadable } = await this.indexOf(folder).read();
        if (unreadable > 0) {
          const text = `${unreadable} lines of ${path.join(folder, fileNames.index)} are passed over.`;
          this.reportOnce(text, text);
        }
        for (const entry of entries) all.push(authorityId === undefined ? entry : { ...entry, authorityId });
      } catch (error) {
        this.reportOnce(plainMessage(error), plainMessage(error));
      }
    }
    return all;
  }

  async addIssued(certificate: NewIssuedCertificate): Promise<IssuedCertificate> {
    const [added] = await this.addAllIssued([certificate]);
    if (added) return added;
    throw new IotError('invalidInput', 'There is no certificate to keep.');
  }

  async addAllIssued(certificates: readonly NewIssuedCertificate[]): Promise<readonly IssuedCertificate[]> {
    const places = new Map<string | undefined, IssueLocation>();
    for (const { authorityId } of certificates) {
      if (!places.has(authorityId)) places.set(authorityId, await this.prepareLocation(authorityId));
    }
    const now = Date.now();
    const written: IssuedCertificate[] = [];
    try {
      return await inParallel(certificates, parallelWrites, async (certificate) => {
        const place = places.get(certificate.authorityId);
        if (!place) throw new IotError('notFound', 'This certificate authority is gone.');
        const entry = await writeIssued(place, certificate, now);
        written.push(entry);
        return entry;
      });
    } finally {
      // Also what was written before a failure: a file that no index knows is never cleaned up.
      for (const [authorityId, { folder }] of places) {
        const own = written.filter((entry) => entry.authorityId === authorityId);
        await this.indexOf(folder).append(own.map(({ authorityId: _, ...entry }) => entry));
      }
      if (written.length > 0) this.changes.fire();
    }
  }

  async removeIssued(id: string): Promise<void> {
    for (const { folder } of await this.issuers()) {
      const index = this.indexOf(folder);
      const entry = (await index.read()).entries.find((one) => one.id === id);
      if (!entry) continue;
      if (entry.keyFile !== undefined) await removeIfExists(entry.keyFile);
      await removeIfExists(entry.certificateFile);
      await index.remove(id);
      this.changes.fire();
      return;
    }
    throw new IotError('notFound', 'This certificate is not on this computer any more. Refresh.');
  }

  read(file: string): Promise<string> {
    return readText(file);
  }

  /** Folders that may hold something of ours. */
  private async folders(): Promise<readonly string[]> {
    const registered = await this.registry.list();
    const parent = path.resolve(this.options.defaultFolder());
    const inside = (await readdir(parent, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.join(parent, name));
    const own: string[] = [];
    for (const folder of inside) {
      // Other folders are none of our business, unless we made them.
      const isOurs = path.basename(folder) === selfSigned || registered.includes(folder);
      if (isOurs || (await fileExists(path.join(folder, fileNames.description)))) own.push(folder);
    }
    return [...new Set([...own, ...registered])];
  }

  private async issuers(): Promise<readonly { readonly folder: string; readonly authorityId?: string }[]> {
    const ownFolders = (await this.folders()).filter((folder) => path.basename(folder) === selfSigned);
    const authorities = await this.list();
    return [
      ...ownFolders.map((folder) => ({ folder })),
      ...authorities.map(({ folder, id }) => ({ folder, authorityId: id })),
    ];
  }

  private async claim(parent: string, name: string): Promise<string> {
    const taken = [selfSigned, ...(await readdir(parent).catch(() => []))];
    for (const candidate of candidates(name, taken)) {
      const folder = path.join(parent, candidate);
      if (await claimFolder(folder)) return folder;
    }
    return parent;
  }

  private async prepareLocation(authorityId: string | undefined): Promise<IssueLocation> {
    const place =
      authorityId === undefined ? await this.selfSignedLocation() : await this.authorityLocation(authorityId);
    await createFolder(path.join(place.folder, fileNames.devices));
    return place;
  }

  private async authorityLocation(id: string): Promise<IssueLocation> {
    const { folder, chainFile } = await this.get(id);
    const chain = splitPem(await readText(chainFile));
    const intermediates = chain.filter((pem) => !readCertificateInfo(parseCertificate(pem)).isSelfSigned);
    return { folder, authorityId: id, intermediates };
  }

  private async selfSignedLocation(): Promise<IssueLocation> {
    const folder = path.join(path.resolve(this.options.defaultFolder()), selfSigned);
    await createFolder(folder);
    await this.registry.add(folder);
    return { folder, intermediates: [] };
  }

  private indexOf(folder: string): IssuedIndex {
    const known = this.indexes.get(folder) ?? new IssuedIndex(folder);
    this.indexes.set(folder, known);
    return known;
  }

  /** Once for what it is about: which file of a folder is missed first differs from time to time. */
  private reportOnce(about: string, text: string): void {
    if (this.reported.has(about)) return;
    this.reported.add(about);
    this.options.onProblem?.(text);
  }
}

interface IssueLocation {
  readonly folder: string;
  readonly authorityId?: string;
  /** PEM, from the issuer upwards, without the root, which whoever checks has to know. */
  readonly intermediates: readonly string[];
}

async function writeIssued(
  { folder, authorityId, intermediates }: IssueLocation,
  { certificate, key, deviceId, hubHostName, isKeyEncrypted }: NewIssuedCertificate,
  now: number,
): Promise<IssuedCertificate> {
  const info = readCertificateInfo(parseCertificate(certificate));
  const given = splitPem(certificate);
  const chain = given.length > 1 ? given : [...given, ...intermediates];
  const base = `${safeName(deviceId, 'device')}-${info.serialNumber.slice(0, 8).toLowerCase()}`;
  const devices = path.join(folder, fileNames.devices);
  for (const name of candidates(base)) {
    const certificateFile = path.join(devices, `${name}.pem`);
    const keyFile = path.join(devices, `${name}.key.pem`);
    if (!(await writeNew(certificateFile, chain.join('')))) continue;
    if (key !== undefined && !(await writeNew(keyFile, key).catch(removeThenThrow(certificateFile)))) {
      await removeIfExists(certificateFile);
      continue;
    }
    const { serialNumber, notBefore, notAfter, sha1, sha256, key: keyLabel } = info;
    return {
      id: certificateId(sha256),
      ...(authorityId === undefined ? {} : { authorityId }),
      deviceId,
      ...(hubHostName === undefined ? {} : { hubHostName }),
      ...{ serialNumber, notBefore, notAfter, sha1, sha256, key: keyLabel, certificateFile },
      ...(key === undefined ? {} : { keyFile }),
      isKeyEncrypted,
      issuedAt: now,
    };
  }
  throw new IotError('refused', `${devices} takes no more files.`);
}

const removeThenThrow =
  (file: string) =>
  async (error: unknown): Promise<never> => {
    await removeIfExists(file);
    throw error;
  };
