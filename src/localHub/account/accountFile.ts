import fs from 'node:fs';
import { writeSecretFile } from '../files';
import { everythingOpen, type AccessRules } from '../state/access';

export interface GroupRecord {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type HubPhase = 'Activating' | 'Succeeded' | 'Deleting' | 'Failed';

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
  /** Properties that are kept as they were given and change nothing here. */
  readonly kept: Readonly<Record<string, unknown>>;
  /** 0: none yet. */
  readonly port: number;
  readonly phase: HubPhase;
  readonly createdAtMs: number;
  readonly etag: string;
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

/** The file with the account cannot be used; the message says what to do. */
export class AccountFileError extends Error {
  constructor(file: string, why: string, cause?: unknown) {
    super(
      `The local hub's account in ${file} cannot be read: ${why}. Restore the file, or delete it: the hubs made over ARM are lost then.`,
      { cause },
    );
    this.name = 'AccountFileError';
  }
}

const version = 1;
const nothing: AccountData = { groups: [], hubs: [], roleAssignments: [] };

/** What the process keeps of its account: resource groups, hubs and role assignments. On disk when a call returns. */
export class AccountFile {
  private data: AccountData;

  /** @throws AccountFileError */
  constructor(private readonly file: string) {
    this.data = read(file);
  }

  get current(): AccountData {
    return this.data;
  }

  change(change: Partial<AccountData>): void {
    const data = { ...this.data, ...change };
    writeSecretFile(this.file, `${JSON.stringify({ version, ...data }, undefined, 1)}\n`);
    this.data = data;
  }
}

function read(file: string): AccountData {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing;
    throw new AccountFileError(file, error instanceof Error ? error.message : String(error), error);
  }
  let found: Readonly<Record<string, unknown>>;
  try {
    found = record(JSON.parse(text));
  } catch (cause) {
    throw new AccountFileError(file, 'it is not JSON', cause);
  }
  if (found.version !== version) {
    throw new AccountFileError(file, `it is of version ${String(found.version)}, not ${version}`);
  }
  const listOf = <T>(name: keyof AccountData, texts: readonly string[]): T[] => {
    const list = found[name];
    const isWhole =
      Array.isArray(list) &&
      list.every((one) =>
        texts.every((key) => typeof record(one)[key] === 'string' && record(one)[key] !== ''),
      );
    if (!isWhole) throw new AccountFileError(file, `its ${name} are damaged`);
    return list as T[];
  };
  const hubs = listOf<HubRecord>('hubs', ['name', 'group', 'location', 'phase', 'etag']);
  if (hubs.some((hub) => !isHub(hub))) throw new AccountFileError(file, 'its hubs are damaged');
  return {
    groups: listOf<GroupRecord>('groups', ['name', 'location']),
    hubs: hubs.map((hub) => ({ ...hub, access: { ...everythingOpen, ...hub.access } })),
    roleAssignments: listOf<RoleAssignmentRecord>('roleAssignments', [
      'name',
      'scope',
      'roleId',
      'principalId',
    ]),
  };
}

/** The name becomes a folder, so it is not believed. */
const isHub = (hub: HubRecord): boolean =>
  isHubName(hub.name) &&
  typeof record(hub.sku).name === 'string' &&
  [record(hub.sku).units, hub.partitionCount, hub.retentionDays, hub.port].every(Number.isInteger);

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdevices */
export const isHubName = (name: string): boolean =>
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{1,48})[A-Za-z0-9]$/.test(name);

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
