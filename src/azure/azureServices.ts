import { type AzureAccounts, type TokenSource } from '../core/azure/accounts';
import { type AzureManagement } from '../core/azure/resources';
import { type Logger } from '../core/base/logger';
import { type HubCertificates, type HubCertificatesAccess } from '../core/certificate/hubCertificates';
import { type DeviceRegistries, type DeviceRegistry } from '../core/device/deviceRegistry';
import { type HubConnection } from '../core/hub/hubConnection';
import { type HubSettings, type HubSettingsAccess } from '../core/hub/hubSettings';
import { type DeviceSessions } from '../core/message/deviceSession';
import { type EventSource } from '../core/message/eventSource';
import { type ArmWatch } from './management/index';

/** The parts below load on first use: each is a bundle of its own. */
export const azureEvents: EventSource = {
  open: async (reading, signal) => (await import('./events/index')).openEvents(reading, signal),
  inspect: async (...args) => (await import('./events/index')).inspectEvents(...args),
};

export const mqttSessions: DeviceSessions = {
  open: async (request) => (await import('./mqtt/index')).openDeviceSession(request),
};

interface OpenRegistry {
  readonly address: string;
  /** The source of the last call: it may be another object each time. */
  tokens: TokenSource | undefined;
  readonly registry: Promise<DeviceRegistry>;
}

/** Keeps the registry of each hub, with its open sockets, as long as the address and the key of the hub stay valid. */
export class AzureDeviceRegistries implements DeviceRegistries {
  private readonly open = new Map<string, OpenRegistry>();

  constructor(private readonly connectionOf: ConnectionOf) {}

  async forHub(hubId: string, signal?: AbortSignal): Promise<DeviceRegistry> {
    const hub = await this.connectionOf(hubId, signal);
    const address = addressOf(hub);
    const known = this.open.get(hubId);
    if (known?.address === address) {
      known.tokens = hub.tokens;
      return known.registry;
    }
    this.close(hubId);
    const opened: OpenRegistry = {
      address,
      tokens: hub.tokens,
      registry: import('./registry/index').then(({ openDeviceRegistry }) => {
        const first = hub.tokens;
        if (!first) return openDeviceRegistry(hub, hubId);
        const tokens: TokenSource = {
          getToken: (...args) => (opened.tokens ?? first).getToken(...args),
        };
        return openDeviceRegistry({ ...hub, tokens }, hubId);
      }),
    };
    this.open.set(hubId, opened);
    // A failed one must not be kept.
    opened.registry.catch(() => {
      if (this.open.get(hubId) === opened) this.open.delete(hubId);
    });
    return opened.registry;
  }

  dispose(): void {
    for (const hubId of [...this.open.keys()]) this.close(hubId);
  }

  private close(hubId: string): void {
    const known = this.open.get(hubId);
    this.open.delete(hubId);
    known?.registry.then((registry) => registry.dispose()).catch(() => undefined);
  }
}

/** Everything that a registry is opened with; its management may be another object each time. */
const addressOf = ({ hostName, httpsPort, caFile, policyName, key, tokens }: HubConnection) =>
  JSON.stringify([hostName, httpsPort, caFile, policyName, key, tokens !== undefined]);

type ConnectionOf = (hubId: string, signal?: AbortSignal) => Promise<HubConnection>;

/** Shows that Azure throttles. @returns what is called when the wait is over */
export type ShowWait = (about: string, seconds: number) => () => void;

/** Observers of the calls to Azure Resource Manager. */
export interface ArmWatchers {
  readonly log?: Logger;
  readonly showWait?: ShowWait;
}

/** Requests the connection each time: a client is cheap, and the hub may have moved. */
export class ArmCertificates implements HubCertificatesAccess {
  constructor(
    private readonly connectionOf: ConnectionOf,
    private readonly watchers: ArmWatchers = {},
  ) {}

  async forHub(hubId: string, signal?: AbortSignal): Promise<HubCertificates> {
    const hub = await this.connectionOf(hubId, signal);
    return (await import('./management/index')).openHubCertificates(hub, watchOf(this.watchers));
  }
}

/** Like the certificates: requests the connection each time. */
export class ArmSettings implements HubSettingsAccess {
  constructor(
    private readonly connectionOf: ConnectionOf,
    private readonly watchers: ArmWatchers = {},
  ) {}

  async forHub(hubId: string, signal?: AbortSignal): Promise<HubSettings> {
    const hub = await this.connectionOf(hubId, signal);
    return (await import('./management/index')).openHubSettings(hub, watchOf(this.watchers));
  }
}

/** Azure Resource Manager through the accounts of VS Code. */
export async function openAzureManagement(
  accounts: AzureAccounts,
  watchers: ArmWatchers = {},
): Promise<AzureManagement> {
  return (await import('./management/index')).openAzureManagement(accounts, watchOf(watchers));
}

/** Logs every call, with placeholders in place of the names of resources. */
const watchOf = ({ log, showWait }: ArmWatchers): ArmWatch => ({
  onCall: ({ method, template, apiVersion, status, ms }) =>
    log?.debug(`Azure: ${method} ${template} (${apiVersion}): ${status || 'no response'} in ${ms} ms`),
  onThrottled: (seconds, { method, template, about }) => {
    log?.warn(`Azure is throttling requests: ${method} ${template} is retried in ${seconds} seconds.`);
    return showWait?.(about, seconds);
  },
});
