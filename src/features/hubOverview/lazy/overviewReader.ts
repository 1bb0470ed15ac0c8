import * as l10n from '@vscode/l10n';
import { isAbort } from '../../../core/base/abort';
import { type Disposable } from '../../../core/base/disposable';
import { maskSecrets } from '../../../core/base/maskSecrets';
import { isIotError } from '../../../core/errors';
import { type FailureAction } from '../../../core/failureAction';
import { meterBytes } from '../../../core/hub/hubOverview';
import { type HubConnection } from '../../../core/hub/hubConnection';
import {
  noManagement,
  type HubQuota,
  type HubRouting,
  type HubSettings,
} from '../../../core/hub/hubSettings';
import { type DeviceRegistry } from '../../../core/device/deviceRegistry';
import { type Services } from '../../../services';
import {
  sectionNames,
  type DataOf,
  type HubProperties,
  type Section,
  type SectionName,
  type Sections,
} from '../../../webview/hubOverview/api';
import { type AzureHub } from '../../../core/azure/resources';
import { failureButton } from '../../../workbench/failureActions';

export type ReaderNeeds = Pick<Services, 'hubs' | 'registries' | 'hubSettings' | 'azure' | 'log'>;

/** Sections that change by themselves. The others change only on edits, and policies include their keys. */
export const figures: readonly SectionName[] = ['properties', 'messages', 'devices', 'connected'];

interface Asked {
  readonly connection: HubConnection;
  /** Absent if only a connection string of the hub is known. */
  readonly settings: HubSettings | undefined;
  readonly registry: () => Promise<DeviceRegistry>;
  readonly quota: () => Promise<HubQuota | undefined>;
  readonly signal: AbortSignal;
}

type Loaded = { readonly [K in SectionName]: Section<DataOf<K>> };
const empty: Section<never> = { data: null, problem: null, isLoading: false };

/** Loads the sections of the overview independently of each other, and keeps the last result of each. */
export class OverviewReader implements Disposable {
  asOf: number | null = null;
  /** `undefined` until the hub was reached for the first time. */
  isManaged: boolean | undefined;
  private loaded: Loaded = {
    properties: empty,
    messages: empty,
    devices: empty,
    connected: empty,
    policies: empty,
    consumerGroups: empty,
    routing: empty,
  };
  private readonly actions = new Map<SectionName, FailureAction>();
  /** Number of the last request of each section: results of earlier requests are ignored. */
  private readonly turns = new Map<SectionName, number>();
  private controller = new AbortController();

  constructor(
    private readonly hubId: string,
    private readonly services: ReaderNeeds,
    private readonly onChange: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  get isLoading(): boolean {
    return sectionNames.some((name) => this.loaded[name].isLoading);
  }

  get routing(): HubRouting | undefined {
    return this.loaded.routing.data ?? undefined;
  }

  get properties(): HubProperties | undefined {
    return this.loaded.properties.data ?? undefined;
  }

  get sections(): Sections {
    const { properties, messages, devices, connected, policies, consumerGroups, routing } = this.loaded;
    const isManaged = this.isManaged !== false;
    return {
      properties,
      devices,
      connected,
      messages: isManaged ? messages : null,
      policies: isManaged ? policies : null,
      consumerGroups: isManaged ? consumerGroups : null,
      routing: isManaged ? routing : null,
    };
  }

  /** The action offered for the failure of a section. */
  actionOf(name: SectionName): FailureAction | undefined {
    return this.actions.get(name);
  }

  async read(names: readonly SectionName[]): Promise<void> {
    const { signal } = this.controller;
    const turn = new Map(names.map((name) => [name, (this.turns.get(name) ?? 0) + 1]));
    for (const [name, number] of turn) {
      this.turns.set(name, number);
      this.change(name, { isLoading: true });
    }
    this.onChange();
    const asked = this.ask(signal);
    await Promise.all(
      names.map(async (name) => {
        const isLate = () => signal.aborted || this.turns.get(name) !== turn.get(name);
        try {
          const sources = await asked;
          if (!sources.settings && ofManagement.has(name)) return this.change(name, { isLoading: false });
          const data = await this.readers[name](sources);
          if (isLate()) return;
          this.actions.delete(name);
          this.change(name, { data, problem: null, isLoading: false });
        } catch (error) {
          if (isLate()) return;
          this.change(name, { problem: this.problemOf(name, error), isLoading: false });
        }
        this.onChange();
      }),
    );
    if (signal.aborted) return;
    this.asOf = this.now();
    this.onChange();
  }

  /** The hub no longer exists, or was replaced. */
  cancel(): void {
    this.controller.abort();
    this.controller = new AbortController();
    for (const name of sectionNames) this.change(name, { isLoading: false });
  }

  dispose(): void {
    this.controller.abort();
  }

  private async ask(signal: AbortSignal): Promise<Asked> {
    const { hubs, registries, hubSettings } = this.services;
    const connection = await hubs.connection(this.hubId, [], signal);
    const settings = connection.management ? await hubSettings.forHub(this.hubId, signal) : undefined;
    if (!signal.aborted) this.isManaged = settings !== undefined;
    let quota: Promise<HubQuota | undefined> | undefined;
    return {
      connection,
      settings,
      registry: () => registries.forHub(this.hubId, signal),
      quota: () => (quota ??= settings?.quota(signal) ?? Promise.resolve(undefined)),
      signal,
    };
  }

  private readonly readers: { readonly [K in SectionName]: (asked: Asked) => Promise<DataOf<K>> } = {
    properties: (asked) => this.readProperties(asked),
    messages: (asked) => this.readMessages(asked),
    devices: readDevices,
    connected: async ({ registry, signal }) => ({ count: await (await registry()).connectedCount(signal) }),
    policies: async (asked) =>
      (await managed(asked).policies(asked.signal)).map(({ name, rights }) => ({
        name,
        rights: [...rights],
      })),
    consumerGroups: async (asked) => [...(await managed(asked).consumerGroups(asked.signal))],
    routing: async (asked) => {
      const { routes, isFallbackOn, endpoints } = await managed(asked).routing(asked.signal);
      return {
        routes: routes.map((route) => ({ ...route, endpoints: [...route.endpoints] })),
        isFallbackOn,
        endpoints: [...endpoints],
      };
    },
  };

  private async readProperties({ connection, settings, signal }: Asked): Promise<HubProperties> {
    const { hostName, policyName } = connection;
    if (!settings) return { hostName, policyName, hub: null };
    const hub = await this.readHub(settings, signal);
    const subscription = this.services.azure.find(this.hubId)?.subscription;
    return {
      hostName: hub.hostName || hostName,
      policyName: null,
      hub: {
        state: hub.state,
        sku: { ...hub.sku },
        location: hub.location,
        resourceGroup: hub.resourceGroup,
        subscription: { name: subscription?.name ?? null, id: hub.subscriptionId },
        events: hub.events ? { ...hub.events } : null,
        isLocalAuthOff: hub.isLocalAuthOff,
        isPublicAccessOff: hub.isPublicAccessOff,
        minTlsVersion: hub.minTlsVersion ?? null,
      },
    };
  }

  private async readMessages(asked: Asked): Promise<DataOf<'messages'>> {
    const quota = await asked.quota();
    const tier = this.properties?.hub?.sku.tier ?? (await managed(asked).hub(asked.signal)).sku.tier;
    return {
      isReported: quota !== undefined,
      used: quota?.used ?? 0,
      limit: quota?.limit ?? 0,
      meterBytes: meterBytes(tier),
    };
  }

  /** Refreshes the tree if the hub has changed. */
  private async readHub(settings: HubSettings, signal: AbortSignal): Promise<AzureHub> {
    const known = this.services.azure.find(this.hubId);
    const readAgain = () => known && this.services.azure.refresh(known.subscription);
    try {
      const hub = await settings.hub(signal);
      if (known && known.hub.state !== hub.state) readAgain();
      return hub;
    } catch (error) {
      if (isIotError(error) && error.code === 'notFound') readAgain();
      throw error;
    }
  }

  private problemOf(name: SectionName, error: unknown): Section<never>['problem'] {
    this.actions.delete(name);
    if (isAbort(error)) return { message: l10n.t('Loading was canceled.'), action: null };
    this.services.log.error(`The hub overview could not load its section "${name}".`, error);
    if (!isIotError(error)) {
      return { message: l10n.t('Loading failed. See the log for details.'), action: null };
    }
    if (error.action) this.actions.set(name, error.action);
    return {
      message: maskSecrets(error.message),
      action: error.action ? failureButton(error.action).title : null,
    };
  }

  private change(name: SectionName, change: Partial<Section<unknown>>): void {
    this.loaded = { ...this.loaded, [name]: { ...this.loaded[name], ...change } };
  }
}

const ofManagement: ReadonlySet<SectionName> = new Set([
  'messages',
  'policies',
  'consumerGroups',
  'routing',
] as const);

function managed({ settings }: Asked): HubSettings {
  if (!settings) throw noManagement();
  return settings;
}

async function readDevices({ settings, registry, quota, signal }: Asked): Promise<DataOf<'devices'>> {
  const counts = await (settings ?? (await registry())).statistics(signal);
  // A failure to read the quota is shown with the messages; the counts are valid without it.
  const maxDevices = (await quota().catch(() => undefined))?.devices?.limit;
  return { ...counts, limit: maxDevices !== undefined && maxDevices > 0 ? maxDevices : null };
}
