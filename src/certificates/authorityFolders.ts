import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
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
import { pemText } from '../core/certificate/pemText';
import { IotError, plainMessage } from '../core/errors';
import { certificateId, fileNames, readAuthority, removeAuthority, writeAuthority } from './authorityFolder';
import {
  claimFolder,
  fileExists,
  createFolder,
  readBytes,
  readText,
  removeIfExists,
  restrictAccess,
  writeNew,
} from './files';
import { FolderRegistry } from './folderRegistry';
import { IssuedIndex } from './issuedIndex';
import { OnceLog } from './onceLog';
import { candidates, safeName } from './safeNames';

export interface AuthorityFoldersOptions {
  /** Absolute path; read each time, because it is a setting. */
  readonly defaultFolder: () => string;
  /** JSON list of the folders that were created. */
  readonly registryFile: string;
  /** Logs that a folder is damaged or missing, once for each. */
  readonly onProblem?: (text: string) => void;
}

/** Folder for self-signed certificates in the default location. */
const selfSigned = 'self-signed';
const parallelWrites = 16;

/** {@link AuthorityStore} with one folder per certificate authority, readable without this extension. */
export class AuthorityFolders implements AuthorityStore {
  private readonly changes = new Emitter<void>();
  private readonly registry: FolderRegistry;
  private readonly indexes = new Map<string, IssuedIndex>();
  private readonly onceLog: OnceLog;

  readonly onDidChange = this.changes.event;

  constructor(private readonly options: AuthorityFoldersOptions) {
    this.registry = new FolderRegistry(options.registryFile);
    this.onceLog = new OnceLog(options.onProblem);
  }

  /** Reads the folders each time, to include changes of other windows. */
  async list(): Promise<readonly Authority[]> {
    const found = new Map<string, Authority>();
    for (const folder of await this.folders()) {
      if (path.basename(folder) === selfSigned) {
        await this.restrict(folder);
        continue;
      }
      try {
        const authority = await readAuthority(folder);
        await this.restrict(folder, authority.keyFile);
        const other = found.get(authority.id);
        if (other) {
          this.onceLog.warn(
            folder,
            `Ignored ${folder}: it contains the same certificate authority as ${other.folder}.`,
          );
          continue;
        }
        found.set(authority.id, authority);
        this.onceLog.reset(folder);
      } catch (error) {
        this.onceLog.warn(folder, `Ignored the certificate authority in ${folder}. ${plainMessage(error)}`);
      }
    }
    return [...found.values()].sort((a, b) => a.createdAt - b.createdAt);
  }

  async get(id: string): Promise<Authority> {
    const authority = (await this.list()).find((one) => one.id === id);
    if (authority) return authority;
    throw new IotError(
      'notFound',
      l10n.t('This certificate authority is no longer on this computer. Refresh the view.'),
    );
  }

  async add(authority: NewAuthority): Promise<Authority> {
    const { sha256 } = readCertificateInfo(parseCertificate(authority.certificate));
    const known = (await this.list()).find(({ id }) => id === certificateId(sha256));
    if (known) {
      throw new IotError(
        'alreadyExists',
        l10n.t('This certificate authority is already on this computer, in {0}.', known.folder),
      );
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
          const file = path.join(folder, fileNames.index);
          this.onceLog.warn(`${file} ${unreadable}`, `Ignored ${unreadable} unreadable lines of ${file}.`);
        }
        for (const entry of entries) all.push(authorityId === undefined ? entry : { ...entry, authorityId });
      } catch (error) {
        this.onceLog.warn(plainMessage(error), plainMessage(error));
      }
    }
    return all;
  }

  async addIssued(certificate: NewIssuedCertificate): Promise<IssuedCertificate> {
    const [added] = await this.addAllIssued([certificate]);
    if (added) return added;
    throw new IotError('invalidInput', l10n.t('There is no certificate to store.'));
  }

  async addAllIssued(certificates: readonly NewIssuedCertificate[]): Promise<readonly IssuedCertificate[]> {
    const locations = new Map<string | undefined, IssueLocation>();
    for (const { authorityId } of certificates) {
      if (!locations.has(authorityId)) locations.set(authorityId, await this.prepareLocation(authorityId));
    }
    const now = Date.now();
    const written: IssuedCertificate[] = [];
    try {
      return await inParallel(certificates, parallelWrites, async (certificate) => {
        const location = locations.get(certificate.authorityId);
        if (!location) throw new IotError('notFound', l10n.t('This certificate authority no longer exists.'));
        const entry = await writeIssued(location, certificate, now);
        written.push(entry);
        return entry;
      });
    } finally {
      // Also after a failure: files that are not in an index are never cleaned up.
      for (const [authorityId, { folder }] of locations) {
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
    throw new IotError(
      'notFound',
      l10n.t('This certificate is no longer on this computer. Refresh the view.'),
    );
  }

  /** Also reads files that the user selected. */
  async read(file: string): Promise<string> {
    return pemText(await readBytes(file));
  }

  private async restrict(folder: string, keyFile?: string): Promise<void> {
    for (const file of [folder, path.join(folder, fileNames.devices), keyFile]) {
      const found = file === undefined ? undefined : await restrictAccess(file);
      if (file === undefined || !found) continue;
      this.onceLog.warn(
        `access ${file}`,
        found.isRemoved
          ? `Other users had access to ${file} (mode ${found.mode}). It was removed.`
          : `Other users have access to ${file} (mode ${found.mode}), which cannot be changed.`,
      );
    }
  }

  /** Folders that may contain files of this store. */
  private async folders(): Promise<readonly string[]> {
    const registered = await this.registry.list();
    const parent = path.resolve(this.options.defaultFolder());
    const inside = (await readdir(parent, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => path.join(parent, name));
    const own: string[] = [];
    for (const folder of inside) {
      // Folders of other programs are not touched.
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
    const location =
      authorityId === undefined ? await this.selfSignedLocation() : await this.authorityLocation(authorityId);
    await createFolder(path.join(location.folder, fileNames.devices));
    return location;
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
}

interface IssueLocation {
  readonly folder: string;
  readonly authorityId?: string;
  /** PEM, from the issuer upwards, without the root, which the verifier must already trust. */
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
  throw new IotError('refused', l10n.t('No more files can be stored in {0}.', devices));
}

const removeThenThrow =
  (file: string) =>
  async (error: unknown): Promise<never> => {
    await removeIfExists(file);
    throw error;
  };
