import { isIotError } from '../errors';
import { type HubRight } from '../hub/hubConnection';
import { type DeviceRegistries, type DeviceRegistry } from './deviceRegistry';

/**
 * The rights that each call of a registry needs, so that a source of several keys can use the least-privileged one.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions
 */
const neededFor = {
  query: ['ServiceConnect'],
  read: ['RegistryRead'],
  write: ['RegistryRead', 'RegistryWrite'],
} as const satisfies Readonly<Record<string, readonly HubRight[]>>;

/** A registry that opens its calls with no more rights than they need. */
export class LeastPrivilegeRegistries implements DeviceRegistries {
  private readonly by: Readonly<Record<keyof typeof neededFor, DeviceRegistries>>;

  constructor(
    openWith: (rights: readonly HubRight[]) => DeviceRegistries,
    /** A key was refused: it may have been regenerated. */
    private readonly onRefused: (hubId: string) => void,
  ) {
    this.by = {
      query: openWith(neededFor.query),
      read: openWith(neededFor.read),
      write: openWith(neededFor.write),
    };
  }

  async forHub(hubId: string): Promise<DeviceRegistry> {
    const call = async <T>(
      registries: DeviceRegistries,
      signal: AbortSignal | undefined,
      run: (registry: DeviceRegistry) => Promise<T>,
    ): Promise<T> => {
      try {
        return await run(await registries.forHub(hubId, signal));
      } catch (error) {
        if (isIotError(error) && error.code === 'unauthorized') this.onRefused(hubId);
        throw error;
      }
    };
    const { query, read, write } = this.by;
    return {
      list: (statement, pageSize, continuation, signal) =>
        call(query, signal, (registry) => registry.list(statement, pageSize, continuation, signal)),
      find: (deviceId, signal) => call(read, signal, (registry) => registry.find(deviceId, signal)),
      get: (deviceId, signal) => call(read, signal, (registry) => registry.get(deviceId, signal)),
      create: (deviceId, credentials, signal) =>
        call(write, signal, (registry) => registry.create(deviceId, credentials, signal)),
      setEnabled: (deviceId, isEnabled, signal) =>
        call(write, signal, (registry) => registry.setEnabled(deviceId, isEnabled, signal)),
      setThumbprints: (deviceId, thumbprints, etag, signal) =>
        call(write, signal, (registry) => registry.setThumbprints(deviceId, thumbprints, etag, signal)),
      delete: (deviceId, signal) => call(write, signal, (registry) => registry.delete(deviceId, signal)),
      statistics: (signal) => call(read, signal, (registry) => registry.statistics(signal)),
      connectedCount: (signal) => call(query, signal, (registry) => registry.connectedCount(signal)),
      // Each of the three is kept and closed by its owner.
      dispose: () => undefined,
    };
  }
}
