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
import { namesOf, resourceText } from './cleanUpTexts';
import { hubIdOf, hubReferenceOf } from './trackedResources';
import { isOnHub } from './createdResourceLog';
import { type CreatedResources, type CreatedResource } from './createdResources';
import { retryWhenThrottled, type RetryOptions } from './retryWhenThrottled';
import { type StateListener, type Resource } from './resources';

/** What deletes; `notFound` is what was wanted. Every failure is an `IotError`. */
export interface CleanUpOperations {
  deleteDevice(find: DiscoveredDevice, signal: AbortSignal): Promise<void>;
  deleteCertificate(find: DiscoveredCertificate, signal: AbortSignal): Promise<void>;
  deleteHub(find: DiscoveredHub, follow: StateListener, signal: AbortSignal): Promise<void>;
  deleteGroup(find: DiscoveredGroup, follow: StateListener, signal: AbortSignal): Promise<void>;
  deleteAuthority(find: DiscoveredAuthority, signal: AbortSignal): Promise<void>;
  /** What is in a group now. */
  resourcesOf(find: DiscoveredGroup, signal: AbortSignal): Promise<readonly Resource[]>;
}

export type Outcome = {
  readonly find: DiscoveredResource;
  /** Of the row that was ticked. */
  readonly rowId: string;
} & (
  | { readonly status: 'deleted' | 'gone' }
  /** It was not begun. */
  | { readonly status: 'left' }
  /** It was under way when it was cancelled: the service may finish it. */
  | { readonly status: 'cut' }
  | { readonly status: 'failed'; readonly reason: string; readonly error: IotError }
);

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly report?: (text: string) => void;
  readonly retry?: RetryOptions;
}

/** What is in a hub goes before it, a hub before a group; the keys last. With how many at once. */
const order = [
  ['device', 4],
  ['hubCertificate', 2],
  ['hub', 3],
  ['resourceGroup', 2],
  ['authority', 1],
] as const satisfies readonly (readonly [DiscoveredResource['kind'], number])[];

/** After so many failures of the connection to a hub its other devices are not tried. */
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

/**
 * Deletes what is ticked, and nothing else; forgets what is gone, so that a second run does the rest. Never fails:
 * what became of each resource is told, also when it was cancelled.
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
  readonly find: DiscoveredResource;
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
    this.units = selectionOf(rows, ticked).direct.flatMap((row) => row.finds.map((find) => ({ find, row })));
  }

  async run(): Promise<readonly Outcome[]> {
    for (const [kind, atOnce] of order) {
      const units = this.units.filter(({ find }) => find.kind === kind);
      await inParallel(units, atOnce, (unit) => this.one(unit));
      await this.flush();
    }
    return this.units.map(
      (unit) => this.outcomes.get(unit) ?? { find: unit.find, rowId: unit.row.id, status: 'left' },
    );
  }

  private async one(unit: Unit): Promise<void> {
    const { signal, retry, report } = this.options;
    if (signal.aborted) return;
    const base = { find: unit.find, rowId: unit.row.id };
    const name = titleOf(unit.find);
    const say = (state = '') =>
      report?.(`${this.outcomes.size + 1} of ${this.units.length}: ${name}${state && ` (${state})`}`);
    say();
    let isUnderWay = false;
    try {
      this.refuseFutile(unit);
      const attempt = () => {
        isUnderWay = true;
        return this.delete(unit, say);
      };
      await retryWhenThrottled(attempt, signal, {
        ...retry,
        onWait: (seconds) => {
          isUnderWay = false;
          say(`asked to slow down, waiting ${seconds} s`);
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

  private async delete({ find }: Unit, say: (state: string) => void): Promise<void> {
    const { signal } = this.options;
    // Between a wait and the next try it may have been cancelled.
    if (signal.aborted) throw abortError();
    switch (find.kind) {
      case 'device':
        return this.operations.deleteDevice(find, signal);
      case 'hubCertificate':
        return this.operations.deleteCertificate(find, signal);
      case 'hub':
        return this.operations.deleteHub(find, say, signal);
      case 'resourceGroup':
        await this.holdsNothingNew(find);
        return this.operations.deleteGroup(find, say, signal);
      case 'authority':
        return this.operations.deleteAuthority(find, signal);
    }
  }

  /** Nobody agreed to lose what came into the group since the question. */
  private async holdsNothingNew(find: DiscoveredGroup): Promise<void> {
    const listed = new Set(find.resources.map(({ id }) => id.toLowerCase()));
    const now = await this.operations.resourcesOf(find, this.options.signal);
    const added = now.filter(({ id }) => !listed.has(id.toLowerCase()));
    if (added.length === 0) return;
    throw new IotError(
      'changedMeanwhile',
      `Resource group "${find.created.name}" also holds ${namesOf(added.map(resourceText))} by now, which was not in the list. Clean up again to see it.`,
    );
  }

  private refuseFutile({ find }: Unit): void {
    if (find.kind !== 'device') return;
    const known = this.futileBy.get(find.location.hubId);
    if (known && known.count >= maxFutile) throw known.error;
  }

  private noteFutile({ find }: Unit, error: IotError): void {
    if (find.kind !== 'device' || !futile.has(error.code)) return;
    const count = this.futileBy.get(find.location.hubId)?.count ?? 0;
    this.futileBy.set(find.location.hubId, { count: count + 1, error });
  }

  private async forget(unit: Unit): Promise<void> {
    this.forgotten.push(...this.goneWith(unit));
    if (unit.find.kind !== 'device' || this.forgotten.length >= forgottenAtOnce) await this.flush();
  }

  private async flush(): Promise<void> {
    const gone = this.forgotten;
    this.forgotten = [];
    if (gone.length > 0) await this.createdResources.remove(...gone);
  }

  /** The resource, and all that was made in it, also by another window meanwhile. */
  private goneWith({ find, row }: Unit): readonly CreatedResource[] {
    if (find.kind !== 'hub' && find.kind !== 'resourceGroup') return [find.created];
    const inside = this.rows
      .filter(({ within }) => within.includes(row.id))
      .flatMap(({ finds }) => finds.map(({ created }) => created));
    const isInside = (resource: CreatedResource) => {
      const hub = hubOf(resource);
      if (find.kind === 'hub') return isOnHub(resource) && resource.hubId === hubIdOf(find.created);
      return (
        hub !== undefined &&
        isSameText(hub.subscriptionId, find.created.subscriptionId) &&
        isSameText(hub.resourceGroup, find.created.name)
      );
    };
    return [find.created, ...inside, ...this.createdResources.list().filter(isInside)];
  }
}

const hubOf = (resource: CreatedResource) =>
  resource.kind === 'hub' ? resource : isOnHub(resource) ? hubReferenceOf(resource.hubId) : undefined;

/** `device d1 on Pump Hub` */
export function titleOf(find: DiscoveredResource): string {
  switch (find.kind) {
    case 'resourceGroup':
      return `resource group ${find.created.name}`;
    case 'hub':
      return `hub ${find.hub.name}`;
    case 'device':
      return `device ${find.created.deviceId} on ${find.location.hubName}`;
    case 'hubCertificate':
      return `certificate ${find.created.name} on ${find.location.hubName}`;
    case 'authority':
      return `certificate authority ${find.name}`;
  }
}
