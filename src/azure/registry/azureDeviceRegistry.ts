import { Agent } from 'node:https';
import { Registry } from 'azure-iothub/dist/registry';
import { abortable, isAbort, timeLimit } from '../../core/base/abort';
import { type Device, type NewCredentials } from '../../core/device/device';
import { type DevicePage, type DeviceRegistry } from '../../core/device/deviceRegistry';
import { IotError } from '../../core/errors';
import { type HubConnection } from '../../core/hub/hubConnection';
import { readCa } from '../trust';
import { readIdentity, readTwin, writeCredentials, type IdentityJson, type TwinJson } from './deviceJson';
import { registryFailure, type Subject } from './registryFailure';

const callTimeoutMs = 30_000;

/** The registry of a hub on `azure-iothub`. */
export async function openDeviceRegistry(hub: HubConnection): Promise<DeviceRegistry> {
  return new AzureDeviceRegistry(hub, await readCa(hub.caFile));
}

/** The SDK has no public way to another port or authority; its REST client takes an agent, and that knows both. */
interface RestSeam {
  readonly _restApiClient: {
    setOptions(options: { http: { agent: Agent }; ca?: string }): void;
    executeApiCall(
      method: string,
      path: string,
      headers: Readonly<Record<string, string>>,
      body: object,
      done: (error: Error | null, answer: unknown) => void,
    ): void;
  };
}

/** That of the SDK's own calls. */
const registryApiVersion = '2021-04-12';

class AzureDeviceRegistry implements DeviceRegistry {
  private readonly registry: Registry;
  private readonly agent: Agent;

  constructor(
    private readonly hub: HubConnection,
    ca: string | undefined,
  ) {
    this.registry = Registry.fromConnectionString(
      `HostName=${hub.hostName};SharedAccessKeyName=${hub.policyName};SharedAccessKey=${hub.key}`,
    );
    this.agent = new Agent({ keepAlive: true, port: hub.httpsPort, ...(ca ? { ca } : {}) });
    const seam = this.registry as unknown as RestSeam;
    seam._restApiClient.setOptions({ http: { agent: this.agent }, ...(ca ? { ca } : {}) });
  }

  async list(
    query: string,
    pageSize: number,
    continuation?: string,
    signal?: AbortSignal,
  ): Promise<DevicePage> {
    const statement = this.registry.createQuery(query, pageSize);
    const page = await this.call(() => statement.next(continuation ?? ''), { isQuery: true }, signal);
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
    const answer = await this.call(() => this.registry.create(request), { deviceId }, signal);
    return readIdentity(answer.responseBody);
  }

  async setEnabled(deviceId: string, isEnabled: boolean, signal?: AbortSignal): Promise<Device> {
    // The SDK fills in empty keys when `authentication` is missing, so the identity goes back whole.
    const identity = await this.identity(deviceId, signal);
    const changed = { ...identity, status: isEnabled ? 'enabled' : 'disabled' };
    const answer = await this.call(() => this.registry.update(changed), { deviceId }, signal);
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
    return readIdentity(await this.call(() => this.replace(changed, etag), { deviceId }, signal));
  }

  /** What `Registry.update` does, but for its `If-Match: *`, which would overwrite what others changed. */
  private replace(identity: IdentityJson, etag: string): Promise<IdentityJson> {
    const seam = this.registry as unknown as RestSeam;
    const path = `/devices/${encodeURIComponent(identity.deviceId)}?api-version=${registryApiVersion}`;
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'If-Match': `"${etag}"` };
    return new Promise((resolve, reject) => {
      seam._restApiClient.executeApiCall('PUT', path, headers, identity, (error, answer) =>
        error ? reject(error) : resolve(answer as IdentityJson),
      );
    });
  }

  async delete(deviceId: string, signal?: AbortSignal): Promise<void> {
    await this.call(() => this.registry.delete(deviceId), { deviceId }, signal);
  }

  dispose(): void {
    this.agent.destroy();
  }

  private async identity(deviceId: string, signal?: AbortSignal): Promise<IdentityJson> {
    const answer = await this.call(() => this.registry.get(deviceId), { deviceId }, signal);
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
      throw registryFailure(error, this.hub, subject);
    }
  }

  private late(): IotError {
    return new IotError(
      'timeout',
      `${this.hub.hostName}:${this.hub.httpsPort} did not answer within ${callTimeoutMs / 1000} seconds.`,
    );
  }
}
