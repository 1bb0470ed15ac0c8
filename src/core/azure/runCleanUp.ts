import * as l10n from '@vscode/l10n';
import { abortError, isAbort } from '../base/abort';
import { inParallel } from '../base/inParallel';
import { isSameText } from '../base/sameText';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../errors';
import {
  type DiscoveredResource,
  type DiscoveredAuthority,
  type DiscoveredCertificate,
  type DiscoveredDevice,
  type DiscoveredGroup,
  type DiscoveredHub,
} from './discoveredResources';
import { selectionOf, type CleanUpRow } from './cleanUpPlan';
import { shortList } from '../base/lists';
import { hubIdOf, hubReferenceOf } from './trackedResources';
import { isOnHub } from './createdResourceLog';
import { type CreatedResources, type CreatedResource } from './createdResources';
import { retryWhenThrottled, type RetryOptions } from './retryWhenThrottled';
import { type StateListener, type Resource } from './resources';

/** Deletes resources; `notFound` counts as success. Every failure is an `IotError`. */
export interface CleanUpOperations {
  deleteDevice(resource: DiscoveredDevice, signal: AbortSignal): Promise<void>;
  deleteCertificate(resource: DiscoveredCertificate, signal: AbortSignal): Promise<void>;
  deleteHub(resource: DiscoveredHub, follow: StateListener, signal: AbortSignal): Promise<void>;
  deleteGroup(resource: DiscoveredGroup, follow: StateListener, signal: AbortSignal): Promise<void>;
  deleteAuthority(resource: DiscoveredAuthority, signal: AbortSignal): Promise<void>;
  /** The current contents of a group. */
  resourcesOf(resource: DiscoveredGroup, signal: AbortSignal): Promise<readonly Resource[]>;
}

export type Outcome = {
  readonly resource: DiscoveredResource;
  /** Id of the selected row. */
  readonly rowId: string;
} & (
  | { readonly status: 'deleted' | 'gone' }
  /** Not started. */
  | { readonly status: 'left' }
  /** Canceled while in progress: the service may complete it. */
  | { readonly status: 'cut' }
  | { readonly status: 'failed'; readonly reason: string; readonly error: IotError }
);

export interface CleanUpProgress {
  readonly index: number;
  readonly total: number;
  readonly resource: DiscoveredResource;
  /** State of a long-running operation of ARM. */
  readonly state?: string;
  /** The service throttles. */
  readonly retrySeconds?: number;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly report?: (progress: CleanUpProgress) => void;
  readonly retry?: RetryOptions;
}

/** The contents of a hub before the hub, a hub before a group; the keys last. With the number of parallel deletions. */
const order = [
  ['device', 4],
  ['hubCertificate', 2],
  ['hub', 3],
  ['resourceGroup', 2],
  ['authority', 1],
] as const satisfies readonly (readonly [DiscoveredResource['kind'], number])[];

/** After this many connection failures of a hub its other devices are not tried. */
const maxFutile = 3;
const futile: ReadonlySet<IotErrorCode> = new Set<IotErrorCode>([
  'unauthorized',
  'forbidden',
  'unreachable',
  'untrusted',
  'timeout',
  'throttled',
  'setupMissing',
  'signInNeeded',
]);
const forgottenAtOnce = 50;
const maxNamed = 5;

/**
 * Deletes what is selected, and nothing else; removes deleted resources from the log, so that a second run deletes the
 * rest. Never fails: the outcome of each resource is returned, also after a cancellation.
 */
export async function runCleanUp(
  rows: readonly CleanUpRow[],
  ticked: ReadonlySet<string>,
  operations: CleanUpOperations,
  createdResources: Pick<CreatedResources, 'list' | 'remove'>,
  options: RunOptions,
): Promise<readonly Outcome[]> {
  return new Run(rows, ticked, operations, createdResources, options).run();
}

interface Unit {
  readonly resource: DiscoveredResource;
  readonly row: CleanUpRow;
}

class Run {
  private readonly units: readonly Unit[];
  private readonly outcomes = new Map<Unit, Outcome>();
  private readonly futileBy = new Map<string, { count: number; error: IotError }>();
  private forgotten: CreatedResource[] = [];

  constructor(
    private readonly rows: readonly CleanUpRow[],
    ticked: ReadonlySet<string>,
    private readonly operations: CleanUpOperations,
    private readonly createdResources: Pick<CreatedResources, 'list' | 'remove'>,
    private readonly options: RunOptions,
  ) {
    this.units = selectionOf(rows, ticked).direct.flatMap((row) =>
      row.resources.map((resource) => ({ resource, row })),
    );
  }

  async run(): Promise<readonly Outcome[]> {
    for (const [kind, atOnce] of order) {
      const units = this.units.filter(({ resource }) => resource.kind === kind);
      await inParallel(units, atOnce, (unit) => this.one(unit));
      await this.flush();
    }
    return this.units.map(
      (unit) => this.outcomes.get(unit) ?? { resource: unit.resource, rowId: unit.row.id, status: 'left' },
    );
  }

  private async one(unit: Unit): Promise<void> {
    const { signal, retry, report } = this.options;
    if (signal.aborted) return;
    const base = { resource: unit.resource, rowId: unit.row.id };
    const reportProgress = (change: Pick<CleanUpProgress, 'state' | 'retrySeconds'> = {}) =>
      report?.({
        index: this.outcomes.size + 1,
        total: this.units.length,
        resource: unit.resource,
        ...change,
      });
    reportProgress();
    let isUnderWay = false;
    try {
      this.refuseFutile(unit);
      const attempt = () => {
        isUnderWay = true;
        return this.delete(unit, (state) => reportProgress({ state }));
      };
      await retryWhenThrottled(attempt, signal, {
        ...retry,
        onWait: (seconds) => {
          isUnderWay = false;
          reportProgress({ retrySeconds: seconds });
          retry?.onWait?.(seconds);
        },
      });
      this.outcomes.set(unit, { ...base, status: 'deleted' });
      await this.forget(unit);
    } catch (error) {
      if (isIotError(error) && error.code === 'notFound') {
        this.outcomes.set(unit, { ...base, status: 'gone' });
        await this.forget(unit);
      } else if (isAbort(error) || signal.aborted) {
        this.outcomes.set(unit, { ...base, status: isUnderWay ? 'cut' : 'left' });
      } else {
        const failure = isIotError(error)
          ? error
          : new IotError('serviceFailed', plainMessage(error), { cause: error });
        this.noteFutile(unit, failure);
        this.outcomes.set(unit, { ...base, status: 'failed', reason: failure.message, error: failure });
      }
    }
  }

  private async delete({ resource }: Unit, report: (state: string) => void): Promise<void> {
    const { signal } = this.options;
    // It may have been canceled before the next attempt.
    if (signal.aborted) throw abortError();
    switch (resource.kind) {
      case 'device':
        return this.operations.deleteDevice(resource, signal);
      case 'hubCertificate':
        return this.operations.deleteCertificate(resource, signal);
      case 'hub':
        return this.operations.deleteHub(resource, report, signal);
      case 'resourceGroup':
        await this.holdsNothingNew(resource);
        return this.operations.deleteGroup(resource, report, signal);
      case 'authority':
        return this.operations.deleteAuthority(resource, signal);
    }
  }

  /** What was added to the group after the confirmation must not be deleted. */
  private async holdsNothingNew(resource: DiscoveredGroup): Promise<void> {
    const listed = new Set(resource.resources.map(({ id }) => id.toLowerCase()));
    const now = await this.operations.resourcesOf(resource, this.options.signal);
    const added = now.filter(({ id }) => !listed.has(id.toLowerCase()));
    if (added.length === 0) return;
    throw new IotError(
      'changedMeanwhile',
      l10n.t(
        'Resource group "{0}" now also contains {1}, which was not listed. Run Clean Up again to review it.',
        resource.created.name,
        shortList(
          added.map(({ name, type }) => `${name} (${type})`),
          maxNamed,
        ),
      ),
    );
  }

  private refuseFutile({ resource }: Unit): void {
    if (resource.kind !== 'device') return;
    const known = this.futileBy.get(resource.location.hubId);
    if (known && known.count >= maxFutile) throw known.error;
  }

  private noteFutile({ resource }: Unit, error: IotError): void {
    if (resource.kind !== 'device' || !futile.has(error.code)) return;
    const count = this.futileBy.get(resource.location.hubId)?.count ?? 0;
    this.futileBy.set(resource.location.hubId, { count: count + 1, error });
  }

  private async forget(unit: Unit): Promise<void> {
    this.forgotten.push(...this.goneWith(unit));
    if (unit.resource.kind !== 'device' || this.forgotten.length >= forgottenAtOnce) await this.flush();
  }

  private async flush(): Promise<void> {
    const gone = this.forgotten;
    this.forgotten = [];
    if (gone.length > 0) await this.createdResources.remove(...gone);
  }

  /** The resource, and everything created in it, also by another window in the meantime. */
  private goneWith({ resource, row }: Unit): readonly CreatedResource[] {
    if (resource.kind !== 'hub' && resource.kind !== 'resourceGroup') return [resource.created];
    const inside = this.rows
      .filter(({ within }) => within.includes(row.id))
      .flatMap(({ resources }) => resources.map(({ created }) => created));
    const isInside = (created: CreatedResource) => {
      const hub = hubOf(created);
      if (resource.kind === 'hub') return isOnHub(created) && created.hubId === hubIdOf(resource.created);
      return (
        hub !== undefined &&
        isSameText(hub.subscriptionId, resource.created.subscriptionId) &&
        isSameText(hub.resourceGroup, resource.created.name)
      );
    };
    return [resource.created, ...inside, ...this.createdResources.list().filter(isInside)];
  }
}

const hubOf = (resource: CreatedResource) =>
  resource.kind === 'hub' ? resource : isOnHub(resource) ? hubReferenceOf(resource.hubId) : undefined;
