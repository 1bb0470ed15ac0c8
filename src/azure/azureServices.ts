import { type HubCertificates, type HubCertificatesAccess } from '../core/certificate/hubCertificates';
import { type DeviceRegistries, type DeviceRegistry } from '../core/device/deviceRegistry';
import { type HubConnection } from '../core/hub/hubConnection';
import { type DeviceSessions } from '../core/message/deviceSession';
import { type EventSource } from '../core/message/eventSource';

/** The parts below load on first use: each is a bundle of its own. */
export const azureEvents: EventSource = {
  open: async (reading, signal) => (await import('./events/index')).openEvents(reading, signal),
  inspect: async (...args) => (await import('./events/index')).inspectEvents(...args),
};

export const mqttSessions: DeviceSessions = {
  open: async (request) => (await import('./mqtt/index')).openDeviceSession(request),
};

/** Keeps the registry of each hub, with its open sockets, as long as the hub stays where it is. */
export class AzureDeviceRegistries implements DeviceRegistries {
  private readonly open = new Map<
    string,
    { readonly address: string; readonly registry: Promise<DeviceRegistry> }
  >();

  constructor(
    private readonly connectionOf: (hubId: string, signal?: AbortSignal) => Promise<HubConnection>,
  ) {}

  async of(hubId: string, signal?: AbortSignal): Promise<DeviceRegistry> {
    const hub = await this.connectionOf(hubId, signal);
    const address = JSON.stringify(hub);
    const known = this.open.get(hubId);
    if (known?.address === address) return known.registry;
    this.close(hubId);
    const registry = import('./registry/index').then(({ openDeviceRegistry }) => openDeviceRegistry(hub));
    this.open.set(hubId, { address, registry });
    // A failed one must not stay.
    registry.catch(() => this.open.delete(hubId));
    return registry;
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

/** Asks for the connection each time: a client is cheap, and the hub may have moved. */
export class ArmCertificates implements HubCertificatesAccess {
  constructor(
    private readonly connectionOf: (hubId: string, signal?: AbortSignal) => Promise<HubConnection>,
  ) {}

  async of(hubId: string, signal?: AbortSignal): Promise<HubCertificates> {
    const hub = await this.connectionOf(hubId, signal);
    return (await import('./certificates/index')).openHubCertificates(hub);
  }
}
