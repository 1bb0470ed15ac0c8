import { generateKey, type KeyValueStore } from './keyValueStore';

export type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

export interface Policy {
  readonly keyName: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: readonly Right[];
}

/** The policies of a new hub. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions */
const defaults: readonly (readonly [string, readonly Right[]])[] = [
  ['iothubowner', ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']],
  ['service', ['ServiceConnect']],
  ['device', ['DeviceConnect']],
  ['registryRead', ['RegistryRead']],
  ['registryReadWrite', ['RegistryRead', 'RegistryWrite']],
];

const allRights: readonly Right[] = ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'];
/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits */
const maxPolicies = 16;
const key = 'policies';

/** A list of policies is not valid; the message is for the client. */
export class PolicyError extends Error {}

/** A policy as a client sends it; missing keys are generated. */
export interface GivenPolicy {
  readonly keyName: string;
  readonly rights: readonly string[];
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

/** The hub's shared access policies: created with random keys, replaced as a whole. */
export class Policies {
  private current: readonly Policy[];

  constructor(private readonly meta: KeyValueStore) {
    meta.getOrCreate(key, () =>
      JSON.stringify(
        defaults.map(([keyName, rights]) => ({
          keyName,
          primaryKey: generateKey(),
          secondaryKey: generateKey(),
          rights,
        })),
      ),
    );
    this.current = meta.getJson(key) as Policy[];
  }

  get all(): readonly Policy[] {
    return this.current;
  }

  /** Case-insensitive, as in the service. */
  find(keyName: string): Policy | undefined {
    return this.all.find((policy) => policy.keyName.toLowerCase() === keyName.toLowerCase());
  }

  /** Replaces the whole list. @throws PolicyError */
  set(given: readonly GivenPolicy[]): void {
    const policies = readPolicies(given, (keyName) => this.find(keyName));
    this.meta.set(key, JSON.stringify(policies));
    this.current = policies;
  }
}

/**
 * The list that a client gave, with keys for those that have none: of the present policy of that name, otherwise new ones.
 * @throws PolicyError
 */
export function readPolicies(
  given: readonly GivenPolicy[],
  find: (keyName: string) => Policy | undefined = () => undefined,
): readonly Policy[] {
  if (given.length > maxPolicies)
    throw new PolicyError(`A hub can have at most ${maxPolicies} shared access policies.`);
  const names = new Set(given.map(({ keyName }) => keyName.toLowerCase()));
  if (names.size < given.length) throw new PolicyError('Two policies have the same name.');
  return given.map(({ keyName, rights, primaryKey, secondaryKey }) => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyName)) {
      throw new PolicyError(`'${keyName}' is not a valid policy name.`);
    }
    const known = allRights.filter((right) => rights.includes(right));
    if (known.length === 0 || known.length < rights.length) {
      throw new PolicyError(`The rights '${rights.join(', ')}' of policy '${keyName}' are not valid.`);
    }
    const present = find(keyName);
    const keys = {
      primaryKey: primaryKey ?? present?.primaryKey ?? generateKey(),
      secondaryKey: secondaryKey ?? present?.secondaryKey ?? generateKey(),
    };
    for (const value of Object.values(keys)) {
      const bytes = Buffer.from(value, 'base64');
      if (bytes.toString('base64') !== value || bytes.length < 16 || bytes.length > 64) {
        throw new PolicyError(`The keys of policy '${keyName}' must be base64 of 16 to 64 bytes.`);
      }
    }
    return { keyName, ...keys, rights: known };
  });
}
