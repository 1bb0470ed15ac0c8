import { inParallel } from '../base/inParallel';
import { isAbort } from '../base/abort';
import { isSameText } from '../base/sameText';
import { type AuthorityStore } from '../certificate/authorityStore';
import { type HubCertificatesAccess } from '../certificate/hubCertificates';
import { type DeviceRegistries } from '../device/deviceRegistry';
import { IotError, isIotError, plainMessage } from '../errors';
import { azureHubId, type AzureDirectory } from './azureDirectory';
import { countDevices, existingDevices } from './cleanUpDevices';
import {
  unknownFor,
  type Find,
  type Findings,
  type FoundHub,
  type HubPlace,
  type Unknown,
} from './cleanUpFinds';
import { HubPlaces, type PlaceSources } from './cleanUpPlaces';
import {
  accountIdOf,
  byHub,
  contentsText,
  hubIdOf,
  hubReferenceOf,
  of,
  subscriptionIdOf,
} from './cleanUpThings';
import { findSubscriptions, type Subscriptions } from './cleanUpSubscriptions';
import { isOnHub, type MadeOf } from './ledger';
import { type MadeThing } from './madeHere';
import { patiently, type Patience } from './patience';
import { type AzureHub, type AzureManagement, type AzureSubscription } from './resources';

/** Who knows what is there. */
export interface CleanUpSources extends PlaceSources {
  readonly azure: PlaceSources['azure'] & Pick<AzureDirectory, 'accounts' | 'allSubscriptions'>;
  readonly management: Pick<AzureManagement, 'of'>;
  readonly registries: DeviceRegistries;
  readonly hubCertificates: HubCertificatesAccess;
  readonly authorities: Pick<AuthorityStore, 'list' | 'issued'>;
}

/** Limits what is listed; absent for all. */
export interface CleanUpScope {
  readonly accountId?: string;
  readonly subscriptionId?: string;
}

export interface CheckOptions {
  readonly scope?: CleanUpScope;
  readonly signal?: AbortSignal;
  readonly report?: (text: string) => void;
  readonly patience?: Patience;
}

const placesAtOnce = 6;

/** Looks which things are still there, several places at once; what fails is told for itself. */
export async function checkMade(
  things: readonly MadeThing[],
  sources: CleanUpSources,
  options: CheckOptions = {},
): Promise<Findings> {
  const { report, patience } = options;
  const onWait = (seconds: number) => report?.(`asked to slow down, waiting ${seconds} s`);
  // Somebody waits for the list; what is not known then is told.
  return new Check(things, sources, { ...options, patience: { mostTries: 5, onWait, ...patience } }).run();
}

class Check {
  private readonly found: Find[] = [];
  private readonly gone: MadeThing[] = [];
  private readonly unknown: Unknown[] = [];
  private readonly hubIds: ReadonlySet<string>;
  private readonly places: HubPlaces;

  constructor(
    private readonly things: readonly MadeThing[],
    private readonly sources: CleanUpSources,
    private readonly options: CheckOptions,
  ) {
    this.places = new HubPlaces(sources);
    this.hubIds = new Set(of(things, 'hub').map(hubIdOf));
  }

  async run(): Promise<Findings> {
    const { things, options } = this;
    const { scope = {}, signal, report } = options;
    const isInAzure = (thing: MadeThing) => subscriptionIdOf(thing) !== undefined;
    const subscriptions = things.some(isInAzure)
      ? await findSubscriptions(this.sources.azure, signal)
      : undefined;
    const isInScope = (thing: MadeThing) => {
      if (scope.accountId === undefined) return true;
      const id = subscriptionIdOf(thing);
      if (id === undefined) return false;
      if (scope.subscriptionId !== undefined) return id === scope.subscriptionId.toLowerCase();
      const account = subscriptions?.find(id, accountIdOf(thing))?.account.id ?? accountIdOf(thing);
      return account === scope.accountId;
    };
    const listed = things.filter(isInScope);
    const onHubs = byHub(listed.filter(isOnHub));
    const tasks = [
      ...of(listed, 'resourceGroup').map((thing) => ({
        what: `resource group "${thing.name}"`,
        things: [thing],
        run: () => this.group(thing, need(subscriptions, thing)),
      })),
      ...of(listed, 'hub').map((thing) => ({
        what: `hub "${thing.name}"`,
        things: [thing],
        run: () => this.hub(thing, need(subscriptions, thing)),
      })),
      ...[...onHubs].map(([hubId, all]) => ({
        what: `${contentsText(all)} on hub "${all.at(-1)?.hubName ?? hubId}"`,
        things: all,
        run: () => this.onHub(hubId, all, subscriptions),
      })),
      {
        what: 'the certificate authorities of this computer',
        things: of(listed, 'authority'),
        run: () => this.authorities(of(listed, 'authority')),
      },
    ].filter((task) => task.things.length > 0);
    let done = 0;
    await inParallel(tasks, placesAtOnce, async (task) => {
      signal?.throwIfAborted();
      try {
        await task.run();
      } catch (error) {
        if (isAbort(error)) throw error;
        this.unknown.push(unknownFor(task.things, task.what, asIotError(error)));
      }
      report?.(`${++done} of ${tasks.length}: ${task.what}`);
    });
    // In the order of the ledger, whichever place answered first.
    const at = new Map(things.map((thing, index) => [thing, index]));
    const found = this.found.toSorted((one, other) => (at.get(one.thing) ?? 0) - (at.get(other.thing) ?? 0));
    return { found, gone: this.gone, unknown: this.unknown };
  }

  private async group(thing: MadeOf<'resourceGroup'>, subscription: AzureSubscription): Promise<void> {
    const { signal } = this.options;
    const management = this.sources.management.of(subscription);
    if (!(await this.patiently(() => management.resourceGroup(thing.name, signal)))) {
      this.gone.push(thing);
      return;
    }
    const resources = await this.patiently(() => management.resourcesOf(thing.name, signal));
    const hubs = resources.filter(({ type }) => /^microsoft\.devices\/iothubs$/i.test(type));
    const tiers =
      hubs.length === 0
        ? []
        : await this.patiently(() => this.sources.management.of(subscription).hubs(signal));
    this.found.push({
      kind: 'resourceGroup',
      thing,
      subscription,
      resources,
      foreign: resources.filter(({ id }) => !this.hubIds.has(azureHubId({ id }))),
      paidHubs: tiers
        .filter(({ id, sku }) => sku.tier !== 'Free' && hubs.some((hub) => isSameText(hub.id, id)))
        .map(({ name }) => name),
    });
  }

  private async hub(thing: MadeOf<'hub'>, subscription: AzureSubscription): Promise<void> {
    const management = this.sources.management.of(subscription);
    const hub = await this.patiently(() => management.hub(thing, this.options.signal));
    if (!hub) {
      this.gone.push(thing);
      return;
    }
    // It will be gone in a moment; until then there is nothing to do, and it is not forgotten.
    if (/^deleting$/i.test(hub.state)) return;
    let devices: FoundHub['devices'];
    try {
      devices = await this.devicesOf(hub, subscription);
    } catch (error) {
      // That they could not be counted is part of what is listed.
      if (isAbort(error) || !isIotError(error)) throw error;
    }
    this.found.push({ kind: 'hub', thing, subscription, hub, devices });
  }

  private async devicesOf(hub: AzureHub, subscription: AzureSubscription) {
    const hubId = azureHubId(hub);
    const hostName = hub.hostName.toLowerCase();
    const { signal } = this.options;
    await this.places.beInTheTree(hubId, subscription, signal);
    const ours = new Set<string>();
    for (const thing of of(this.things, 'device')) {
      if (thing.hubId === hubId) ours.add(thing.deviceId);
      else if ((await this.places.hostNameOf(thing.hubId, signal)) === hostName) ours.add(thing.deviceId);
    }
    const registry = await this.sources.registries.of(hubId, signal);
    return countDevices(registry, ours, this.options);
  }

  private async onHub(
    hubId: string,
    things: readonly (MadeOf<'device'> | MadeOf<'hubCertificate'>)[],
    subscriptions: Subscriptions | undefined,
  ): Promise<void> {
    const reference = hubReferenceOf(hubId);
    const first = things[0];
    let subscription: AzureSubscription | undefined;
    if (reference && first) {
      subscription = need(subscriptions, first);
      const management = this.sources.management.of(subscription);
      if (!(await this.patiently(() => management.hub(reference, this.options.signal)))) {
        this.gone.push(...things);
        return;
      }
      await this.places.beInTheTree(hubId, subscription, this.options.signal);
    }
    const place = await this.places.placeOf(hubId, subscription, this.options.signal);
    const devices = of(things, 'device');
    const certificates = of(things, 'hubCertificate');
    // One may be forbidden where the other is not.
    await this.part(devices, place, async () => {
      const registry = await this.sources.registries.of(hubId, this.options.signal);
      const ids = devices.map(({ deviceId }) => deviceId);
      const { there, unsure } = await existingDevices(registry, ids, this.options);
      for (const thing of devices) {
        const isUnsure = unsure.has(thing.deviceId);
        if (isUnsure || there.has(thing.deviceId))
          this.found.push({ kind: 'device', thing, place, isUnsure });
        else this.gone.push(thing);
      }
    });
    await this.part(certificates, place, async () => {
      const access = await this.sources.hubCertificates.of(hubId, this.options.signal);
      const list = await this.patiently(() => access.list(this.options.signal));
      for (const thing of certificates) {
        const known = list.find(({ name }) => isSameText(name, thing.name));
        if (!known) this.gone.push(thing);
        else this.found.push({ kind: 'hubCertificate', thing, place, isVerified: known.isVerified });
      }
    });
  }

  private async part(
    things: readonly MadeThing[],
    { hubName }: HubPlace,
    run: () => Promise<void>,
  ): Promise<void> {
    if (things.length === 0) return;
    try {
      await run();
    } catch (error) {
      if (isAbort(error)) throw error;
      this.unknown.push(unknownFor(things, `${contentsText(things)} on hub "${hubName}"`, asIotError(error)));
    }
  }

  /** An authority that is not found is not listed, nor forgotten: its folder may be on a disk that is not there now. */
  private async authorities(things: readonly MadeOf<'authority'>[]): Promise<void> {
    const [list, issued] = await Promise.all([
      this.sources.authorities.list(),
      this.sources.authorities.issued(),
    ]);
    for (const thing of things) {
      const authority = list.find(({ id }) => id === thing.authorityId);
      if (!authority) continue;
      this.found.push({
        kind: 'authority',
        thing,
        name: authority.name,
        issued: issued.filter(({ authorityId }) => authorityId === authority.id).length,
        hasKey: authority.keyFile !== undefined,
      });
    }
  }

  private patiently<T>(run: () => Promise<T>): Promise<T> {
    return patiently(run, this.options.signal, this.options.patience);
  }
}

/** @throws IotError that says which session is missing */
function need(subscriptions: Subscriptions | undefined, thing: MadeThing): AzureSubscription {
  const id = subscriptionIdOf(thing) ?? '';
  const found = subscriptions?.find(id, accountIdOf(thing));
  if (found) return found;
  throw subscriptions?.failureOf(id) ?? new IotError('notFound', `Subscription ${id} is not known.`);
}

const asIotError = (error: unknown) =>
  isIotError(error) ? error : new IotError('serviceFailed', plainMessage(error), { cause: error });
