import { describe, expect, it } from 'vitest';
import { abortError } from '../../../src/core/base/abort';
import { type DiscoveredResource } from '../../../src/core/azure/discoveredResources';
import { cleanUpPlan, resolveSelection, type CleanUpRow } from '../../../src/core/azure/cleanUpPlan';
import { cleanUpReport, outcomeSummary } from '../../../src/features/cleanUp/lazy/cleanUpReport';
import { cleanUpProgressText, resourceText } from '../../../src/features/cleanUp/lazy/resourceText';
import { runCleanUp, type CleanUpOperations, type Outcome } from '../../../src/core/azure/runCleanUp';
import { IotError } from '../../../src/core/errors';
import { type Resource } from '../../../src/core/azure/resources';
import {
  foundAuthority,
  foundCertificate,
  foundDevice,
  foundGroup,
  foundHub,
  hubResource,
  madeDevice,
  madeHub,
  MemoryResourceLog,
  otherResource,
  hubLocation,
  randomOf,
} from '../../support/cleanUp';

/** Records what is deleted, and fails or waits as a test requires. */
class RecordedOperations implements CleanUpOperations {
  readonly log: string[] = [];
  readonly failures = new Map<string, Error>();
  before: (title: string) => void | Promise<void> = () => undefined;
  running = 0;
  most = 0;
  extra: readonly Resource[] = [];

  private async take(resource: DiscoveredResource): Promise<void> {
    const title = resourceText(resource);
    this.running++;
    this.most = Math.max(this.most, this.running);
    try {
      await this.before(title);
      await new Promise((resolve) => setTimeout(resolve, 0));
      const failure = this.failures.get(title);
      if (failure !== undefined) throw failure;
      this.log.push(title);
    } finally {
      this.running--;
    }
  }
  deleteDevice = (resource: DiscoveredResource) => this.take(resource);
  deleteCertificate = (resource: DiscoveredResource) => this.take(resource);
  deleteHub = (resource: DiscoveredResource) => this.take(resource);
  deleteGroup = (resource: DiscoveredResource) => this.take(resource);
  deleteAuthority = (resource: DiscoveredResource) => this.take(resource);
  resourcesOf: CleanUpOperations['resourcesOf'] = async (resource) => [...resource.resources, ...this.extra];
}

const all = (rows: readonly CleanUpRow[]) => new Set(rows.map(({ id }) => id));
const resourceLogOf = (rows: readonly CleanUpRow[]) =>
  new MemoryResourceLog(rows.flatMap(({ resources }) => resources.map(({ created }) => created)));
const statuses = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(outcomes.map(({ resource, status }) => [resourceText(resource), status]));
const retry = { wait: async () => undefined };
const run = (
  rows: readonly CleanUpRow[],
  ticked: ReadonlySet<string>,
  operations: RecordedOperations,
  resourceLog = resourceLogOf(rows),
  signal = new AbortController().signal,
) => runCleanUp(rows, ticked, operations, resourceLog, { signal, retry });

const everything = () =>
  cleanUpPlan({
    found: [
      foundAuthority('Root'),
      foundGroup('other', []),
      foundHub('h', { count: 1 }),
      foundDevice('in-h', hubLocation('h')),
      foundCertificate('CA'),
      foundDevice('d1'),
      foundDevice('d2'),
    ],
  });

describe('Clean Up', () => {
  it('deletes devices, certificates, hubs, groups and keys in this order, and contents of a hub with the hub', async () => {
    const operations = new RecordedOperations();
    const rows = everything();
    const resourceLog = resourceLogOf(rows);
    const outcomes = await run(rows, all(rows), operations, resourceLog);
    expect(operations.log.slice(0, 2).sort()).toEqual(['device d1 on Local Hub', 'device d2 on Local Hub']);
    expect(operations.log.slice(2)).toEqual([
      'certificate CA on Local Hub',
      'hub h',
      'resource group other',
      'certificate authority Root',
    ]);
    expect(resourceLog.list()).toEqual([]);
    expect(outcomeSummary(outcomes)).toBe('6 resources deleted.');
  });

  it('reports each failure, keeps failed resources, and deletes them in a second run', async () => {
    const operations = new RecordedOperations();
    operations.failures.set('hub h', new IotError('locked', 'The lock "keep" holds hub h.'));
    operations.failures.set('device d2 on Local Hub', new Error('socket hang up'));
    const rows = everything();
    const resourceLog = resourceLogOf(rows);
    const outcomes = await run(rows, all(rows), operations, resourceLog);
    expect(outcomeSummary(outcomes)).toBe('4 of 6 resources deleted, 2 failed.');
    const report = cleanUpReport(outcomes, [], 'today');
    expect(report).toContain('- hub h: The lock "keep" holds hub h.');
    expect(report).toContain('- device d2 on Local Hub: socket hang up');
    expect(resourceLog.list().map(({ kind }) => kind)).toEqual(['hub', 'device', 'device']);

    operations.failures.clear();
    operations.log.length = 0;
    const left = cleanUpPlan({
      found: [foundHub('h', { count: 1 }), foundDevice('in-h', hubLocation('h')), foundDevice('d2')],
    });
    expect(outcomeSummary(await run(left, all(left), operations, resourceLog))).toBe('2 resources deleted.');
    expect(operations.log).toEqual(['device d2 on Local Hub', 'hub h']);
    expect(resourceLog.list()).toEqual([]);
  });

  it('counts a resource that was deleted meanwhile as deleted', async () => {
    const operations = new RecordedOperations();
    operations.failures.set('hub h', new IotError('notFound', 'No such hub.'));
    const rows = cleanUpPlan({ found: [foundHub('h')] });
    const resourceLog = resourceLogOf(rows);
    const outcomes = await run(rows, all(rows), operations, resourceLog);
    expect(outcomeSummary(outcomes)).toBe('0 of 1 resource deleted, 1 already deleted.');
    expect(resourceLog.list()).toEqual([]);
  });

  it('waits when throttled', async () => {
    const operations = new RecordedOperations();
    let refusals = 3;
    operations.before = () => {
      if (refusals-- > 0) throw new IotError('throttled', 'Slow down.');
    };
    const waits: number[] = [];
    const texts: string[] = [];
    const rows = cleanUpPlan({ found: [foundDevice('d')] });
    const outcomes = await runCleanUp(rows, all(rows), operations, resourceLogOf(rows), {
      signal: new AbortController().signal,
      report: (progress) => void texts.push(cleanUpProgressText(progress)),
      retry: { wait: async (ms) => void waits.push(ms) },
    });
    expect(waits).toEqual([5_000, 10_000, 20_000]);
    expect(texts).toContain('device d on Local Hub (1 of 1; throttled, retrying in 10 s)');
    expect(outcomeSummary(outcomes)).toBe('1 resource deleted.');
  });

  it('stops trying devices of an unreachable hub', async () => {
    const operations = new RecordedOperations();
    operations.before = (title) => {
      if (title.startsWith('device')) throw new IotError('unreachable', 'The hub cannot be reached.');
    };
    let tries = 0;
    const { deleteDevice } = operations;
    operations.deleteDevice = (resource) => (tries++, deleteDevice(resource));
    const rows = cleanUpPlan({
      found: [...Array.from({ length: 1_000 }, (_, n) => foundDevice(`d${n}`)), foundAuthority('Root')],
    });
    const outcomes = await run(rows, all(rows), operations);
    expect(outcomeSummary(outcomes)).toBe('1 of 1,001 resources deleted, 1,000 failed.');
    expect(tries).toBeLessThan(10);
  });

  it('limits concurrent deletions and rarely writes the log', async () => {
    const operations = new RecordedOperations();
    const rows = cleanUpPlan({ found: Array.from({ length: 500 }, (_, n) => foundDevice(`d${n}`)) });
    const resourceLog = resourceLogOf(rows);
    let writes = 0;
    const remove = resourceLog.remove.bind(resourceLog);
    resourceLog.remove = (...resources) => (writes++, remove(...resources));
    await run(rows, all(rows), operations, resourceLog);
    expect(operations.most).toBe(4);
    expect(writes).toBeLessThanOrEqual(11);
    expect(resourceLog.list()).toEqual([]);
  });

  it('does not delete a group to which a resource was added after the confirmation', async () => {
    const operations = new RecordedOperations();
    operations.extra = [otherResource('database')];
    const rows = cleanUpPlan({ found: [foundGroup('rg', [])] });
    const outcomes = await run(rows, all(rows), operations);
    expect(operations.log).toEqual([]);
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'changedMeanwhile' } }]);
    expect(cleanUpReport(outcomes, [], '')).toContain('database (Microsoft.Storage/storageAccounts)');
  });

  it('forgets only resources that another window created in the deleted hub or group', async () => {
    const operations = new RecordedOperations();
    const rows = cleanUpPlan({ found: [foundGroup('rg', [hubResource('h')]), foundHub('h')] });
    const resourceLog = resourceLogOf(rows);
    const elsewhere = madeDevice('mine', hubLocation('h', 'rg2').hubId);
    operations.before = async (title) => {
      if (title === 'resource group rg') {
        await resourceLog.add(
          madeDevice('late', hubLocation('h').hubId),
          madeHub('late-hub', 'F1', 'RG'),
          elsewhere,
          madeDevice('d'),
        );
      }
    };
    await run(rows, all(rows), operations, resourceLog);
    expect(resourceLog.list()).toEqual([elsewhere, madeDevice('d')]);
  });
});

describe('Canceling Clean Up', () => {
  it('at any point reports and forgets deleted resources, keeps the others, and a second run deletes them', async () => {
    for (let point = 0; point <= 6; point++) {
      const operations = new RecordedOperations();
      const controller = new AbortController();
      let begun = 0;
      operations.before = () => {
        if (begun++ !== point) return;
        controller.abort(abortError());
        throw abortError();
      };
      const rows = everything();
      const resourceLog = resourceLogOf(rows);
      const outcomes = await run(rows, all(rows), operations, resourceLog, controller.signal);
      const result = statuses(outcomes);
      const done = Object.keys(result).filter((title) => result[title] === 'deleted');
      expect(done.sort()).toEqual([...operations.log].sort());
      expect(Object.values(result).filter((status) => status === 'cut').length).toBeLessThanOrEqual(1);
      expect(Object.values(result)).not.toContain('failed');
      if (point === 0) expect(operations.log.length).toBeLessThanOrEqual(1);
      // What remains is still listed: the device while its hub exists.
      const left = outcomes.filter(({ status }) => status === 'left' || status === 'cut');
      for (const { resource } of left) expect(resourceLog.list()).toContainEqual(resource.created);
      const rest = cleanUpPlan({
        found: everything()
          .flatMap(({ resources }) => resources)
          .filter(({ created }) =>
            resourceLog.list().some((one) => JSON.stringify(one) === JSON.stringify(created)),
          ),
      });
      const again = new RecordedOperations();
      await run(rest, all(rest), again, resourceLog);
      expect(resourceLog.list()).toEqual([]);
    }
  });

  it('before it starts deletes nothing', async () => {
    const operations = new RecordedOperations();
    const rows = everything();
    const outcomes = await run(
      rows,
      all(rows),
      operations,
      resourceLogOf(rows),
      AbortSignal.abort(abortError()),
    );
    expect(operations.log).toEqual([]);
    expect(outcomeSummary(outcomes)).toBe('0 of 6 resources deleted, 6 canceled.');
  });

  it('while it waits reports throttled resources as not started', async () => {
    const controller = new AbortController();
    const operations = new RecordedOperations();
    operations.before = () => {
      throw new IotError('throttled', 'Slow down.');
    };
    const rows = cleanUpPlan({ found: [foundDevice('d')] });
    const outcomes = await runCleanUp(rows, all(rows), operations, resourceLogOf(rows), {
      signal: controller.signal,
      retry: {
        wait: () => {
          controller.abort(abortError());
          return Promise.reject(abortError());
        },
      },
    });
    expect(outcomes).toMatchObject([{ status: 'left' }]);
  });
});

describe('Clean Up of any selection', () => {
  it('deletes nothing that is not selected or not listed', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomOf(seed);
      const pick = (n: number) => Math.floor(random() * n);
      const found: DiscoveredResource[] = [];
      for (let g = 0; g < 1 + pick(3); g++) {
        const group = `rg${g}`;
        const names = Array.from({ length: pick(3) }, (_, h) => `${group}-h${h}`);
        const foreign = random() < 0.3 ? [otherResource(`x${g}`)] : [];
        if (random() < 0.7)
          found.push(
            foundGroup(group, [...names.map((name) => hubResource(name, group)), ...foreign], foreign),
          );
        for (const name of names) {
          if (random() < 0.8) found.push(foundHub(name, { group, count: 2, foreign: pick(2) }));
          for (let d = 0; d < pick(4) * (random() < 0.2 ? 12 : 1); d++)
            found.push(foundDevice(`d${d}`, hubLocation(name, group)));
          if (random() < 0.3) found.push(foundCertificate('CA', hubLocation(name, group)));
        }
      }
      for (let d = 0; d < pick(5); d++) found.push(foundDevice(`local${d}`));
      if (random() < 0.5) found.push(foundAuthority('Root'));
      const rows = cleanUpPlan({ found });
      let ticked: ReadonlySet<string> = new Set(
        rows.filter(({ isPreselected }) => isPreselected).map(({ id }) => id),
      );
      for (let click = 0; click < pick(8) && rows.length > 0; click++) {
        const next = new Set(ticked);
        const { id } = rows[pick(rows.length)] as CleanUpRow;
        if (!next.delete(id)) next.add(id);
        ticked = resolveSelection(rows, ticked, next);
      }
      const operations = new RecordedOperations();
      for (const { resources } of rows)
        for (const resource of resources)
          if (random() < 0.1)
            operations.failures.set(
              resourceText(resource),
              new IotError(random() < 0.5 ? 'forbidden' : 'notFound', 'No.'),
            );
      const stranger = madeDevice('stranger', 'elsewhere');
      const resourceLog = new MemoryResourceLog([...found.map(({ created }) => created), stranger]);
      const outcomes = await run(rows, ticked, operations, resourceLog);

      const allowed = rows
        .filter(({ id }) => ticked.has(id))
        .flatMap(({ resources }) => resources.map(resourceText));
      expect(operations.log.filter((title) => !allowed.includes(title))).toEqual([]);
      // Resources deleted with a container are selected as well.
      const containers = rows.filter(
        ({ id, resources }) =>
          ticked.has(id) && resources.some((resource) => operations.log.includes(resourceText(resource))),
      );
      for (const { id } of containers)
        for (const inside of rows.filter(({ within }) => within.includes(id)))
          expect(ticked.has(inside.id)).toBe(true);
      // Deselected, failed and unrelated resources stay in the log.
      const failed = outcomes
        .filter(({ status }) => status === 'failed')
        .map(({ resource }) => resource.created);
      const unticked = rows.filter(({ id }) => !ticked.has(id)).flatMap(({ resources }) => resources);
      for (const thing of [...failed, ...unticked.map((resource) => resource.created), stranger])
        expect(resourceLog.list()).toContainEqual(thing);
    }
  });
});
