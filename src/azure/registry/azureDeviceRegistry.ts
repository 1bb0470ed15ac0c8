import { type Agent } from 'node:https';
import { serviceHostOf } from '../../core/hub/hubHosts';
import * as l10n from '@vscode/l10n';
import { Registry } from 'azure-iothub/dist/registry';
import { abortable, isAbort, timeLimit } from '../../core/base/abort';
import { type Device, type NewCredentials } from '../../core/device/device';
import { type DevicePage, type DeviceRegistry } from '../../core/device/deviceRegistry';
import { IotError } from '../../core/errors';
import { type HubConnection } from '../../core/hub/hubConnection';
import { type HubStatistics } from '../../core/hub/hubSettings';
import { readCa } from '../trust';
import { takeAgent } from './sharedAgents';
import { readIdentity, readTwin, writeCredentials, type IdentityJson, type TwinJson } from './deviceJson';
import { registryFailure, type Subject } from './registryFailure';

const callTimeoutMs = 30_000;

/**
 * The registry of a hub on `azure-iothub`.
 * @param hubId in the tree, so that a failure can offer a fix
 */
export async function openDeviceRegistry(hub: HubConnection, hubId?: string): Promise<DeviceRegistry> {
  const served = { ...hub, hostName: serviceHostOf(hub.hostName) };
  return new AzureDeviceRegistry(served, await readCa(hub.caFile), hubId);
}

/** The SDK has no public option for another port or CA; its REST client accepts an agent, which has both. */
interface RestSeam {
  readonly _restApiClient: {
    setOptions(options: { http: { agent: Agent }; ca?: string }): void;
    executeApiCall(
      method: string,
      path: string,
      headers: Readonly<Record<string, string>>,
      body: object | undefined,
      done: (error: Error | null, answer: unknown) => void,
    ): void;
  };
}

/** With a key, or with Microsoft Entra ID. */
function signedRegistry({ hostName, policyName, key, tokens }: HubConnection): Registry {
  if (!tokens) {
    return Registry.fromConnectionString(
      `HostName=${hostName};SharedAccessKeyName=${policyName};SharedAccessKey=${key}`,
    );
  }
  // The scope that the SDK requests is that of the public cloud; the source knows its own. The expiry is always in
  // the past, so that the SDK requests a token for each call: the source knows better how long one is valid.
  return Registry.fromTokenCredential(hostName, {
    getToken: async () => ({ token: (await tokens.getToken()).token, expiresOnTimestamp: 0 }),
  });
}

/** The version that the SDK uses. */
const registryApiVersion = '2021-04-12';

class AzureDeviceRegistry implements DeviceRegistry {
  private readonly registry: Registry;
  private readonly sockets;

  constructor(
    private readonly hub: HubConnection,
    ca: string | undefined,
    private readonly hubId: string | undefined,
  ) {
    this.registry = signedRegistry(hub);
    this.sockets = takeAgent(hub.hostName, hub.httpsPort, ca);
    this.seam._restApiClient.setOptions({ http: { agent: this.sockets.agent }, ...(ca ? { ca } : {}) });
  }

  async list(
    query: string,
    pageSize: number,
    continuation?: string,
    signal?: AbortSignal,
  ): Promise<DevicePage> {
    const statement = this.registry.createQuery(query, pageSize);
    const page = await this.call(() => statement.next(continuation ?? ''), { access: 'query' }, signal);
    const next: unknown = statement.continuationToken;
    const devices = (page.result as unknown as TwinJson[]).map(readTwin);
    return typeof next === 'string' && next !== '' ? { devices, continuation: next } : { devices };
  }

  async find(deviceId: string, signal?: AbortSignal): Promise<Device | undefined> {
    try {
      return await this.get(deviceId, signal);
    } catch (error) {
      if (error instanceof IotError && error.code === 'notFound') return undefined;
      throw error;
    }
  }

  async get(deviceId: string, signal?: AbortSignal): Promise<Device> {
    return readIdentity(await this.identity(deviceId, signal));
  }

  async create(deviceId: string, credentials: NewCredentials, signal?: AbortSignal): Promise<Device> {
    const request = { deviceId, status: 'enabled', authentication: writeCredentials(credentials) };
    const answer = await this.call(
      () => this.registry.create(request),
      { deviceId, access: 'write' },
      signal,
    );
    return readIdentity(answer.responseBody);
  }

  async setEnabled(deviceId: string, isEnabled: boolean, signal?: AbortSignal): Promise<Device> {
    // The SDK adds empty keys when `authentication` is missing, so the whole identity is sent back.
    const identity = await this.identity(deviceId, signal);
    const changed = { ...identity, status: isEnabled ? 'enabled' : 'disabled' };
    const answer = await this.call(
      () => this.registry.update(changed),
      { deviceId, access: 'write' },
      signal,
    );
    return readIdentity(answer.responseBody);
  }

  async setThumbprints(
    deviceId: string,
    { primary, secondary }: { readonly primary: string; readonly secondary: string },
    etag: string,
    signal?: AbortSignal,
  ): Promise<Device> {
    const identity = await this.identity(deviceId, signal);
    const changed = {
      ...identity,
      authentication: {
        type: 'selfSigned',
        x509Thumbprint: { primaryThumbprint: primary, secondaryThumbprint: secondary },
      },
    };
    return readIdentity(
      await this.call(() => this.replace(changed, etag), { deviceId, access: 'write' }, signal),
    );
  }

  /** Like `Registry.update`, but without its `If-Match: *`, which would overwrite changes of others. */
  private replace(identity: IdentityJson, etag: string): Promise<IdentityJson> {
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'If-Match': `"${etag}"` };
    return this.rest('PUT', `/devices/${encodeURIComponent(identity.deviceId)}`, headers, identity);
  }

  async statistics(signal?: AbortSignal): Promise<HubStatistics> {
    const { responseBody } = await this.call(
      () => this.registry.getRegistryStatistics(),
      { access: 'statistics' },
      signal,
    );
    const { totalDeviceCount, enabledDeviceCount, disabledDeviceCount } = responseBody;
    return { total: totalDeviceCount, enabled: enabledDeviceCount, disabled: disabledDeviceCount };
  }

  /** The SDK reads the statistics of identities, but not those of connections. */
  async connectedCount(signal?: AbortSignal): Promise<number> {
    const { connectedDeviceCount } = await this.call(
      () => this.rest<{ readonly connectedDeviceCount?: number }>('GET', '/statistics/service', {}),
      { access: 'statistics' },
      signal,
    );
    return connectedDeviceCount ?? 0;
  }

  async delete(deviceId: string, signal?: AbortSignal): Promise<void> {
    await this.call(() => this.registry.delete(deviceId), { deviceId, access: 'delete' }, signal);
  }

  dispose(): void {
    this.sockets.release();
  }

  private get seam(): RestSeam {
    return this.registry as unknown as RestSeam;
  }

  private rest<T>(method: string, path: string, headers: Record<string, string>, body?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      this.seam._restApiClient.executeApiCall(
        method,
        `${path}?api-version=${registryApiVersion}`,
        headers,
        body,
        (error, answer) => (error ? reject(error) : resolve(answer as T)),
      );
    });
  }

  private async identity(deviceId: string, signal?: AbortSignal): Promise<IdentityJson> {
    const answer = await this.call(() => this.registry.get(deviceId), { deviceId, access: 'read' }, signal);
    return answer.responseBody;
  }

  private async call<T>(run: () => Promise<T>, subject: Subject, signal?: AbortSignal): Promise<T> {
    try {
      signal?.throwIfAborted();
      return await abortable(
        timeLimit(run(), callTimeoutMs, () => this.late()),
        signal,
      );
    } catch (error) {
      if (isAbort(error)) throw error;
      throw registryFailure(error, this.hub, { ...subject, hubId: this.hubId });
    }
  }

  private late(): IotError {
    return new IotError(
      'timeout',
      l10n.t(
        '{0} did not respond within {1} seconds.',
        `${this.hub.hostName}:${this.hub.httpsPort}`,
        callTimeoutMs / 1000,
      ),
    );
  }
}
