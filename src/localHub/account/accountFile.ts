import fs from 'node:fs';
import net from 'node:net';
import { writeSecretFile } from '../files';
import { setAside } from '../setAside';
import { unrestrictedAccess, type AccessRules } from '../state/access';
import { StorageError } from '../state/storageError';
import { accountVersion, migrateAccount } from './accountMigrations';

export interface GroupRecord {
  readonly name: string;
  readonly location: string;
  /** Stored and returned as given. */
  readonly managedBy?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** As Azure Resource Manager reports it. */
export type ProvisioningState = 'Activating' | 'Succeeded' | 'Deleting' | 'Failed';

/** A hub as ARM knows it; what is inside the hub is in its own database. */
export interface HubRecord {
  readonly name: string;
  readonly group: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sku: { readonly name: string; readonly units: number };
  readonly partitionCount: number;
  readonly retentionDays: number;
  readonly access: AccessRules;
  /** Properties that are stored and returned as given; the local hub doesn't use them. */
  readonly storedProperties: Readonly<Record<string, unknown>>;
  /** Absent for none. */
  readonly identity?: HubIdentity;
  /** The port on `localhost`; 0: none yet. */
  readonly port: number;
  /** The loopback address that it had of its own, and gets again if that is free. */
  readonly address?: string;
  readonly provisioningState: ProvisioningState;
  readonly createdAtMs: number;
  readonly etag: string;
}

/** Identities of a hub for its own access to other resources, as in ARM. */
export interface HubIdentity {
  readonly type: string;
  readonly principalId?: string;
  readonly tenantId?: string;
  /** By resource id. */
  readonly userAssignedIdentities?: Readonly<
    Record<string, { readonly principalId: string; readonly clientId: string }>
  >;
}

export interface RoleAssignmentRecord {
  /** The GUID that names it. */
  readonly name: string;
  /** A resource id, without a slash at the end. */
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly createdAtMs: number;
}

export interface AccountData {
  readonly groups: readonly GroupRecord[];
  readonly hubs: readonly HubRecord[];
  readonly roleAssignments: readonly RoleAssignmentRecord[];
}

/** The account file cannot be used; the message says what to do. */
export class AccountFileError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AccountFileError';
  }
}

/** The file has no valid content; the message is the reason. */
class DamagedAccountError extends Error {}

const damaged = (reason: string): DamagedAccountError => new DamagedAccountError(reason);

export interface AccountFileOptions {
  /** The account to start with if the file is missing or damaged. */
  readonly initial?: () => AccountData;
  /** Called with the reason after a damaged file was renamed, or if it is missing although there are hubs. */
  readonly onSetAside?: (text: string) => void;
}

const emptyAccount: AccountData = { groups: [], hubs: [], roleAssignments: [] };

/** Resource groups, hubs and role assignments of the account. A change is on disk when the call returns. */
export class AccountFile {
  private data: AccountData;

  /** @throws AccountFileError */
  constructor(
    private readonly file: string,
    { initial = () => emptyAccount, onSetAside }: AccountFileOptions = {},
  ) {
    try {
      const stored = readAccount(file);
      this.data = stored ?? initial();
      if (!stored && this.data.hubs.length > 0)
        onSetAside?.(`The account file ${file} is missing. ${describe(this.data)}`);
    } catch (error) {
      if (!(error instanceof DamagedAccountError)) throw error;
      this.data = initial();
      onSetAside?.(
        `The account file ${file} is damaged (${error.message}). It was set aside as ${setAside(file)}. ${describe(this.data)}`,
      );
    }
  }

  get current(): AccountData {
    return this.data;
  }

  /** @throws StorageError */
  change(change: Partial<AccountData>): void {
    const data = { ...this.data, ...change };
    writeSecretFile(this.file, `${JSON.stringify({ version: accountVersion, ...data }, undefined, 1)}\n`);
    this.data = data;
  }

  /** For what has happened whether or not it can be stored; the next change stores it too. */
  note(change: Partial<AccountData>): void {
    try {
      this.change(change);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.data = { ...this.data, ...change };
    }
  }
}

function describe({ hubs }: AccountData): string {
  const names = hubs.map(({ name }) => `'${name}'`).join(', ');
  return hubs.length === 0
    ? 'The account starts without resource groups and role assignments.'
    : `The account starts without its resource groups and role assignments, with the hubs whose folders exist: ${names}.`;
}

/** @returns undefined if there is no file. @throws AccountFileError, DamagedAccountError */
function readAccount(file: string): AccountData | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'EISDIR') throw damaged('it is a folder');
    throw new AccountFileError(`Cannot read the account file ${file}: ${error.message}.`, error);
  }
  let stored: Readonly<Record<string, unknown>>;
  try {
    stored = toRecord(JSON.parse(text));
  } catch {
    throw damaged(text === '' ? 'it is empty' : 'it is not valid JSON');
  }
  const { version } = stored;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw damaged('it has no valid version');
  }
  if (version > accountVersion) {
    throw new AccountFileError(
      `The account file ${file} has version ${version}, but this version of IoT Hub Workbench supports only versions up to ${accountVersion}: update IoT Hub Workbench, or use another data folder.`,
    );
  }
  return checkAccount(migrateAccount(stored, version));
}

function checkAccount(stored: Readonly<Record<string, unknown>>): AccountData {
  const readList = <T>(name: keyof AccountData, requiredTexts: readonly string[]): T[] => {
    const list = stored[name];
    const isValid =
      Array.isArray(list) &&
      list.every((item) =>
        requiredTexts.every((key) => typeof toRecord(item)[key] === 'string' && toRecord(item)[key] !== ''),
      );
    if (!isValid) throw damaged(`its ${name} are not valid`);
    return list as T[];
  };
  const hubs = readList<HubRecord>('hubs', ['name', 'group', 'location', 'provisioningState', 'etag']);
  if (hubs.some((hub) => !isValidHub(hub))) throw damaged('its hubs are not valid');
  return {
    groups: readList<GroupRecord>('groups', ['name', 'location']),
    hubs: hubs.map((hub) => ({ ...hub, access: { ...unrestrictedAccess, ...hub.access } })),
    roleAssignments: readList<RoleAssignmentRecord>('roleAssignments', [
      'name',
      'scope',
      'roleId',
      'principalId',
    ]),
  };
}

/** The name becomes a folder, so it is checked too. */
const isValidHub = (hub: HubRecord): boolean =>
  isHubName(hub.name) &&
  typeof toRecord(hub.sku).name === 'string' &&
  (hub.address === undefined || isLoopbackAddress(hub.address)) &&
  [toRecord(hub.sku).units, hub.partitionCount, hub.retentionDays, hub.port].every(Number.isInteger);

const isLoopbackAddress = (address: unknown): boolean =>
  typeof address === 'string' && address.startsWith('127.') && net.isIPv4(address);

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdevices */
export const isHubName = (name: string): boolean =>
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{1,48})[A-Za-z0-9]$/.test(name);

const toRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
