// An in-memory hub for the pages, in the state that a test selects.
import { Emitter } from '../../../src/core/base/event';
import { type Logger } from '../../../src/core/base/logger';
import { type AuthorityStore } from '../../../src/core/certificate/authorityStore';
import { type Device } from '../../../src/core/device/device';
import { type DeviceRegistry } from '../../../src/core/device/deviceRegistry';
import { IotError } from '../../../src/core/errors';
import { type HubConnection } from '../../../src/core/hub/hubConnection';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { HubBadges } from '../../../src/core/hub/hubBadges';
import { type HubRoute, type HubSettings } from '../../../src/core/hub/hubSettings';
import { type DeviceMessage, type DeviceSession } from '../../../src/core/message/deviceSession';
import { type EventReading } from '../../../src/core/message/eventSource';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { DeviceLists } from '../../../src/explorer/deviceLists';
import { type Services } from '../../../src/services';
import { anAzureAccounts, anAzureDirectory, anAzureHub, aSubscription } from '../../support/azure';
import { strict } from '../../support/vscode/strict';

/** Start of every error message. */
export const refusal = 'Azure refused';
/** States of a hub: its data, or why it has none. */
export const pageStates = ['empty', 'loading', 'data', 'failure'] as const;
export type PageState = (typeof pageStates)[number];

export const hubId =
  'azure:/subscriptions/s1/resourceGroups/rg-iot/providers/microsoft.devices/iothubs/plant';
const connection: HubConnection = {
  hostName: 'plant.azure-devices.net',
  policyName: '',
  key: '',
  mqttPort: 8883,
  httpsPort: 443,
  amqpPort: 5671,
  management: {
    endpoint: 'https://management.azure.com',
    subscriptionId: 's1',
    resourceGroup: 'rg-iot',
    hubName: 'plant',
    credential: { tokenFile: 'none' },
  },
};
const never = () => new Promise<never>(() => undefined);
const longName = 'a-name-that-is-as-long-as-names-of-routes-and-groups-can-be-0001';

/** A hub, and the other services that panels use. */
export class PageHub {
  readonly changed = new Emitter<void>();
  /** Errors and warnings that were logged. */
  readonly logged: string[] = [];
  /** Messages that devices sent. */
  readonly sent: DeviceMessage[] = [];
  groups: string[];
  routes: HubRoute[];
  isFallbackOn = true;
  private readonly readings: EventReading[] = [];

  constructor(readonly state: PageState) {
    const isFull = state === 'data';
    this.groups = ['$Default', ...(isFull ? ['analytics', 'dashboard', longName.slice(0, 50)] : [])];
    this.routes = isFull
      ? Array.from({ length: 12 }, (_, n) => ({
          name: n === 3 ? longName : `route-${n}`,
          source: n % 2 ? 'TwinChangeEvents' : 'DeviceMessages',
          condition: n === 3 ? `$body.temperature > 80 AND plant = '${'north-'.repeat(40)}'` : 'true',
          endpoints: [n % 3 ? 'events' : 'archive'],
          isEnabled: n !== 5,
        }))
      : [];
  }

  /** Whether the events of the hub are being read. */
  get isRead(): boolean {
    return this.readings.length > 0;
  }

  /** Lets messages arrive at the hub. */
  receive(messages: readonly ReceivedMessage[]): void {
    for (const reading of this.readings) reading.onMessages(messages);
  }

  /** Adds a message of a device to the events of the hub. */
  private arrive({ topic, payload }: DeviceMessage): void {
    const [, deviceId = '', bag = ''] = /^devices\/([^/]+)\/messages\/events\/(.*)$/.exec(topic) ?? [];
    const messageId = new URLSearchParams(bag).get('$.mid');
    this.receive([
      {
        partitionId: '0',
        sequenceNumber: this.sent.length,
        enqueuedAt: Date.now(),
        deviceId,
        body: new Uint8Array(Buffer.from(payload)),
        systemProperties: { messageId },
        applicationProperties: {},
      },
    ]);
  }

  /** Throws an `IotError` in the state `failure`, and never returns in the state `loading`. */
  private answer<T>(what: string, value: () => T): () => Promise<T> {
    return async () => {
      if (this.state === 'loading') return never();
      if (this.state === 'failure') throw failureOf(what);
      return value();
    };
  }

  private readonly settings: Partial<HubSettings> = {
    hub: this.answer('hub', () => anAzureHub({ name: 'plant' })),
    statistics: this.answer('statistics', () =>
      this.state === 'data'
        ? { total: 1_234, enabled: 1_200, disabled: 34 }
        : { total: 0, enabled: 0, disabled: 0 },
    ),
    policies: this.answer('policies', () => [
      {
        name: 'iothubowner',
        rights: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'] as const,
      },
      { name: 'service', rights: ['ServiceConnect'] as const },
    ]),
    quota: this.answer('quota', () => ({
      used: this.state === 'data' ? 391_000 : 0,
      limit: 400_000,
      devices: { used: 1_234, limit: 1_000_000 },
    })),
    consumerGroups: this.answer('consumer groups', () => this.groups),
    routing: this.answer('routes', () => ({
      routes: this.routes,
      isFallbackOn: this.isFallbackOn,
      endpoints:
        this.state === 'data'
          ? [
              {
                name: 'archive',
                kind: 'storageContainer' as const,
                target: 'plant.blob.core.windows.net/messages',
                isIdentityBased: false,
              },
            ]
          : [],
    })),
    createConsumerGroup: async (name) => void this.groups.push(name),
    deleteConsumerGroup: async (name) => void (this.groups = this.groups.filter((group) => group !== name)),
    addRoute: async (route) => void this.routes.push(route),
    removeRoute: async (name) => void (this.routes = this.routes.filter((route) => route.name !== name)),
    setFallback: async (isOn) => void (this.isFallbackOn = isOn),
  };

  private readonly registry: Partial<DeviceRegistry> = {
    get: async (deviceId) => this.answer('device', () => deviceOf(deviceId))(),
    list: async () => ({ devices: [] }),
    connectedCount: this.answer('connected devices', () => (this.state === 'data' ? 871 : 0)),
  };

  private readonly session: DeviceSession = {
    ready: async () => undefined,
    publish: async (message) => {
      this.sent.push(message);
      this.arrive(message);
      return { acknowledgedMs: 12, sends: 1 };
    },
    close: async () => undefined,
  };

  private readonly log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (text) => void this.logged.push(text),
    error: (text, error) => void this.logged.push(`${text} ${error instanceof Error ? error.message : ''}`),
  };

  readonly services: Services = this.makeServices();

  private makeServices(): Services {
    const hubs = new HubDirectory();
    hubs.add({
      onDidChange: this.changed.event,
      hubs: () => [
        {
          kind: 'azure',
          id: hubId,
          name: 'plant',
          status: 'ready',
          resource: anAzureHub({ name: 'plant' }),
          subscriptionKey: 's1',
        },
      ],
      connection: async () => connection,
    });
    const registries = { forHub: async () => strict('registry', this.registry) as DeviceRegistry };
    const parts: Partial<Services> = {
      hubs,
      badges: new HubBadges(),
      registries,
      devices: new DeviceLists(registries, () => 100, this.log),
      hubSettings: { forHub: async () => strict('hubSettings', this.settings) as HubSettings },
      accounts: anAzureAccounts(),
      azure: anAzureDirectory({
        find: () => ({ subscription: aSubscription(), hub: anAzureHub({ name: 'plant' }) }),
      }),
      events: {
        inspect: async () => [],
        open: async (reading) => {
          await this.answer('events', () => undefined)();
          this.readings.push(reading);
          return { broken: never(), transport: 'amqp', positions: new Map(), close: async () => undefined };
        },
      },
      sessions: {
        open: async (request) => {
          request.onState({ kind: 'connected', transport: 'mqtt', expiresAt: Date.now() + 600_000 });
          return this.session;
        },
      },
      authorities: strict<Partial<AuthorityStore>>('authorities', {}) as AuthorityStore,
      caFiles: { caFileFor: async () => '/ca.pem' },
      chosenCertificates: new Map(),
      log: this.log,
    };
    return strict('services', parts) as Services;
  }
}

function deviceOf(deviceId: string): Device {
  const key = Buffer.from(deviceId.padEnd(32, '-')).toString('base64');
  return {
    deviceId,
    authentication: 'sas',
    isEnabled: true,
    isConnected: false,
    isEdge: false,
    credentials: { kind: 'sas', primaryKey: key, secondaryKey: key },
    etag: 'AAAA',
  };
}

const failureOf = (what: string) =>
  new IotError('unauthorized', `${refusal} to read the ${what} of plant: the account lacks a role.`, {
    action: { kind: 'signIn' },
  });

/** Messages of some devices, spread over the last 4 minutes. */
export const telemetry = (count: number, devices = 20): readonly ReceivedMessage[] => {
  const now = Date.now();
  return Array.from({ length: count }, (_, n) => ({
    partitionId: String(n % 4),
    sequenceNumber: n,
    enqueuedAt: now - ((count - n) * 240_000) / count,
    deviceId: `boiler-${(n % devices) + 1}`,
    contentType: 'application/json',
    body: new Uint8Array(
      Buffer.from(JSON.stringify({ n, temperature: 20 + (n % 7), note: 'steady '.repeat(n % 9) })),
    ),
    systemProperties: {},
    applicationProperties: { plant: n % 2 ? 'north' : 'south' },
  }));
};
