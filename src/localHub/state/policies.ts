import { newKey, type Meta } from './meta';

export type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

export interface Policy {
  readonly keyName: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: readonly Right[];
}

/** The policies each new hub has. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions */
const defaults: readonly (readonly [string, readonly Right[]])[] = [
  ['iothubowner', ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']],
  ['service', ['ServiceConnect']],
  ['device', ['DeviceConnect']],
  ['registryRead', ['RegistryRead']],
  ['registryReadWrite', ['RegistryRead', 'RegistryWrite']],
];

/** The hub's shared access policies, made once with random keys. */
export class Policies {
  readonly all: readonly Policy[];

  constructor(meta: Meta) {
    const text = meta.getOrMake('policies', () =>
      JSON.stringify(
        defaults.map(([keyName, rights]) => ({
          keyName,
          primaryKey: newKey(),
          secondaryKey: newKey(),
          rights,
        })),
      ),
    );
    this.all = JSON.parse(text) as Policy[];
  }

  /** Policy names are compared without regard to case, as the service does. */
  find(keyName: string): Policy | undefined {
    return this.all.find((policy) => policy.keyName.toLowerCase() === keyName.toLowerCase());
  }
}
