import * as l10n from '@vscode/l10n';
import { classicHostOf } from '../hub/hubHosts';
import { inParallel } from '../base/inParallel';
import { isAbort } from '../base/abort';
import { isSameText } from '../base/sameText';
import { IotError, isIotError, plainMessage } from '../errors';
import { azureHubId } from './azureDirectory';
import { type CheckOptions, type CleanUpSources } from './checkOptions';
import { countDevices, existingDevices } from './deviceInventory';
import {
  unreachableBecause,
  type DiscoveredResource,
  type CleanUpFindings,
  type HubLocation,
  type UnreachableResources,
} from './discoveredResources';
import { HubLocations } from './resourceLocations';
import {
  accountIdOf,
  byHub,
  hubIdOf,
  hubReferenceOf,
  resourcesOfKind,
  subscriptionIdOf,
} from './trackedResources';
import { findSubscriptions, type Subscriptions } from './cleanUpSubscriptions';
import { isOnHub, type CreatedResourceOf } from './createdResourceLog';
import { DeletedResources, notFoundYet } from './deletedResources';
import { type CreatedResource } from './createdResources';
import { retryWhenThrottled } from './retryWhenThrottled';
import {
  type AzureHub,
  type AzureSubscription,
  type HubReference,
  type SubscriptionManagement,
} from './resources';

const locationsAtOnce = 6;
/** Finds the created resources that still exist, several locations at once; each failure is reported by itself. */
export async function checkCreatedResources(
  tracked: readonly CreatedResource[],
  sources: CleanUpSources,
  options: CheckOptions = {},
): Promise<CleanUpFindings> {
  const { report, retry } = options;
  const onWait = (seconds: number) => report?.({ kind: 'throttled', seconds });
  // The user is waiting for the list; resources that are not checked in time are reported as unreachable.
  return new Check(tracked, sources, { ...options, retry: { maxAttempts: 5, onWait, ...retry } }).run();
}

class Check {
  private readonly found: DiscoveredResource[] = [];
  private readonly gone: CreatedResource[] = [];
  private readonly unreachable: UnreachableResources[] = [];
  private readonly hubIds: ReadonlySet<string>;
  private readonly locations: HubLocations;
  private readonly deleted: DeletedResources;

  constructor(
    private readonly tracked: readonly CreatedResource[],
    private readonly sources: CleanUpSources,
    private readonly options: CheckOptions,
  ) {
    this.locations = new HubLocations(sources);
    this.deleted = new DeletedResources(tracked, options.now);
    this.hubIds = new Set(resourcesOfKind(tracked, 'hub').map(hubIdOf));
  }

  async run(): Promise<CleanUpFindings> {
    const { tracked, options } = this;
    const { scope = {}, signal, report } = options;
    const isInAzure = (created: CreatedResource) => subscriptionIdOf(created) !== undefined;
    const subscriptions = tracked.some(isInAzure)
      ? await findSubscriptions(this.sources.azure, signal)
      : undefined;
    const isInScope = (created: CreatedResource) => {
      if (scope.accountId === undefined) return true;
      const id = subscriptionIdOf(created);
      if (id === undefined) return false;
      if (scope.subscriptionId !== undefined) return id === scope.subscriptionId.toLowerCase();
      const account = subscriptions?.find(id, accountIdOf(created))?.account.id ?? accountIdOf(created);
      return account === scope.accountId;
    };
    const listed = tracked.filter(isInScope);
    const onHubs = byHub(listed.filter(isOnHub));
    const tasks = [
      ...resourcesOfKind(listed, 'resourceGroup').map((created) => ({
        tracked: [created],
        run: () => this.group(created, need(subscriptions, created)),
      })),
      ...resourcesOfKind(listed, 'hub').map((created) => ({
        tracked: [created],
        run: () => this.hub(created, need(subscriptions, created)),
      })),
      ...[...onHubs].map(([hubId, all]) => ({
        tracked: all,
        run: () => this.onHub(hubId, all, subscriptions),
      })),
      {
        tracked: resourcesOfKind(listed, 'authority'),
        run: () => this.authorities(resourcesOfKind(listed, 'authority')),
      },
    ].filter((task) => task.tracked.length > 0);
    let done = 0;
    await inParallel(tasks, locationsAtOnce, async (task) => {
      signal?.throwIfAborted();
      try {
        await task.run();
      } catch (error) {
        if (isAbort(error)) throw error;
        this.unreachable.push(unreachableBecause(task.tracked, asIotError(error)));
      }
      report?.({ kind: 'checked', done: ++done, total: tasks.length, resources: task.tracked });
    });
    // In the order of the log, whichever location answered first.
    const at = new Map(tracked.map((created, index) => [created, index]));
    const found = this.found.toSorted(
      (one, other) => (at.get(one.created) ?? 0) - (at.get(other.created) ?? 0),
    );
    return { found, gone: this.gone, unreachable: this.unreachable };
  }

  private async group(
    created: CreatedResourceOf<'resourceGroup'>,
    subscription: AzureSubscription,
  ): Promise<void> {
    const { signal } = this.options;
    const management = this.sources.management.forSubscription(subscription);
    if (!(await this.retry(() => management.resourceGroup(created.name, signal)))) {
      const list = () => this.retry(() => management.resourceGroups(signal));
      if (await this.deleted.hasGroup(created, list)) this.gone.push(created);
      else this.unreachable.push(unreachableBecause([created], notFoundYet(created.name)));
      return;
    }
    const resources = await this.retry(() => management.resourcesOf(created.name, signal));
    const hubs = resources.filter(({ type }) => /^microsoft\.devices\/iothubs$/i.test(type));
    const tiers =
      hubs.length === 0
        ? []
        : await this.retry(() => this.sources.management.forSubscription(subscription).hubs(signal));
    this.found.push({
      kind: 'resourceGroup',
      created,
      subscription,
      resources,
      foreign: resources.filter(({ id }) => !this.hubIds.has(azureHubId({ id }))),
      paidHubs: tiers
        .filter(({ id, sku }) => sku.tier !== 'Free' && hubs.some((hub) => isSameText(hub.id, id)))
        .map(({ name }) => name),
    });
  }

  private async hub(created: CreatedResourceOf<'hub'>, subscription: AzureSubscription): Promise<void> {
    const management = this.sources.management.forSubscription(subscription);
    const hub = await this.retry(() => management.hub(created, this.options.signal));
    if (!hub) {
      if (await this.isDeleted(created, management)) this.gone.push(created);
      else this.unreachable.push(unreachableBecause([created], notFoundYet(created.name)));
      return;
    }
    // It will be deleted in a moment; until then there is nothing to do, and it stays in the log.
    if (/^deleting$/i.test(hub.state)) return;
    const found = { kind: 'hub', created, subscription, hub } as const;
    try {
      this.found.push({ ...found, devices: await this.retry(() => this.devicesOf(hub, subscription)) });
    } catch (error) {
      // The list shows that they could not be counted.
      if (isAbort(error) || !isIotError(error)) throw error;
      this.found.push({ ...found, devices: undefined, failure: error });
    }
  }

  private isDeleted(
    hub: HubReference & { readonly subscriptionId: string },
    management: Pick<SubscriptionManagement, 'hubs'>,
  ): Promise<boolean> {
    return this.deleted.hasHub(hub, () => this.retry(() => management.hubs(this.options.signal)));
  }

  private async devicesOf(hub: AzureHub, subscription: AzureSubscription) {
    const hubId = azureHubId(hub);
    const hostName = classicHostOf(hub.hostName.toLowerCase());
    const { signal } = this.options;
    await this.locations.ensureInTree(hubId, subscription, signal);
    const ours = new Set<string>();
    for (const created of resourcesOfKind(this.tracked, 'device')) {
      if (created.hubId === hubId) ours.add(created.deviceId);
      else if ((await this.locations.hostNameOf(created.hubId, signal)) === hostName)
        ours.add(created.deviceId);
    }
    const registry = await this.sources.registries.forHub(hubId, signal);
    return countDevices(registry, ours, this.options);
  }

  private async onHub(
    hubId: string,
    tracked: readonly (CreatedResourceOf<'device'> | CreatedResourceOf<'hubCertificate'>)[],
    subscriptions: Subscriptions | undefined,
  ): Promise<void> {
    const reference = hubReferenceOf(hubId);
    const first = tracked[0];
    let subscription: AzureSubscription | undefined;
    if (reference && first) {
      subscription = need(subscriptions, first);
      const management = this.sources.management.forSubscription(subscription);
      if (!(await this.retry(() => management.hub(reference, this.options.signal)))) {
        if (await this.isDeleted(reference, management)) this.gone.push(...tracked);
        else this.unreachable.push(unreachableBecause(tracked, notFoundYet(reference.name), reference.name));
        return;
      }
      await this.locations.ensureInTree(hubId, subscription, this.options.signal);
    }
    const location = await this.locations.locate(hubId, subscription, this.options.signal);
    const devices = resourcesOfKind(tracked, 'device');
    const certificates = resourcesOfKind(tracked, 'hubCertificate');
    // Access to one may be denied while the other is allowed.
    await this.part(devices, location, async () => {
      const registry = await this.sources.registries.forHub(hubId, this.options.signal);
      const ids = devices.map(({ deviceId }) => deviceId);
      const { there, unsure } = await existingDevices(registry, ids, this.options);
      for (const created of devices) {
        const isUnsure = unsure.has(created.deviceId);
        if (isUnsure || there.has(created.deviceId))
          this.found.push({ kind: 'device', created, location, isUnsure });
        else this.gone.push(created);
      }
    });
    await this.part(certificates, location, async () => {
      const access = await this.sources.hubCertificates.forHub(hubId, this.options.signal);
      const list = await this.retry(() => access.list(this.options.signal));
      for (const created of certificates) {
        const known = list.find(({ name }) => isSameText(name, created.name));
        if (!known) this.gone.push(created);
        else this.found.push({ kind: 'hubCertificate', created, location, isVerified: known.isVerified });
      }
    });
  }

  private async part(
    tracked: readonly CreatedResource[],
    { hubName }: HubLocation,
    run: () => Promise<void>,
  ): Promise<void> {
    if (tracked.length === 0) return;
    try {
      await run();
    } catch (error) {
      if (isAbort(error)) throw error;
      this.unreachable.push(unreachableBecause(tracked, asIotError(error), hubName));
    }
  }

  /** A missing CA is neither listed nor removed from the log: its folder may be on a disk that is not connected now. */
  private async authorities(tracked: readonly CreatedResourceOf<'authority'>[]): Promise<void> {
    const [list, issued] = await Promise.all([
      this.sources.authorities.list(),
      this.sources.authorities.issued(),
    ]);
    for (const created of tracked) {
      const authority = list.find(({ id }) => id === created.authorityId);
      if (!authority) continue;
      this.found.push({
        kind: 'authority',
        created,
        name: authority.name,
        issued: issued.filter(({ authorityId }) => authorityId === authority.id).length,
        hasKey: authority.keyFile !== undefined,
      });
    }
  }

  private retry<T>(run: () => Promise<T>): Promise<T> {
    return retryWhenThrottled(run, this.options.signal, this.options.retry);
  }
}

/** @throws IotError that names the missing session */
function need(subscriptions: Subscriptions | undefined, created: CreatedResource): AzureSubscription {
  const id = subscriptionIdOf(created) ?? '';
  const found = subscriptions?.find(id, accountIdOf(created));
  if (found) return found;
  throw (
    subscriptions?.failureOf(id) ?? new IotError('notFound', l10n.t('Subscription {0} does not exist.', id))
  );
}

const asIotError = (error: unknown) =>
  isIotError(error) ? error : new IotError('serviceFailed', plainMessage(error), { cause: error });
