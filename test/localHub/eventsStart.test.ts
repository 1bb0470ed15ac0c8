import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvents } from '../../src/azure/events/index';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type StartPosition } from '../../src/core/message/eventSource';
import { startPosition } from '../../src/features/monitor/lazy/startPosition';
import { Fleet } from './support/fleet';
import { startTestHub, type TestHub } from './support/hub';

const minute = 60_000;
/** Delay of the hub's clock, so that new messages are already old. */
let behind = 0;
let hub: TestHub;
let connection: HubConnection;
let fleet: Fleet;

beforeAll(async () => {
  hub = await startTestHub({ now: () => Date.now() - behind });
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  fleet = await Fleet.open(connection);
  for (const age of [90, 50, 10, 2]) {
    behind = age * minute;
    await fleet.publish(`${age} min`, 40, 0);
  }
  behind = 0;
});
afterAll(async () => {
  await fleet.close();
  await hub.close();
});

let turn = 0;
/** Counts the messages, per batch, that were enqueued before reading started; later messages must all arrive. */
async function read(start: StartPosition): Promise<Record<string, number>> {
  const bodies: string[] = [];
  const subscription = await openEvents(
    {
      connection,
      consumerGroup: '$Default',
      start,
      seen: new Map(),
      onMessages: (messages) => bodies.push(...messages.map(({ body }) => Buffer.from(body).toString())),
      onTrouble: (error) => bodies.push(error.message),
    },
    new AbortController().signal,
  );
  const name = `now ${turn++}`;
  await fleet.publish(name, 40, 0);
  await expect.poll(() => bodies.filter((body) => body.startsWith(`${name}-`)).length).toBe(40);
  await subscription.close();
  const counts: Record<string, number> = {};
  for (const body of bodies) {
    const batch = body.replace(/-\d+$/, '');
    if (batch.endsWith('min')) counts[batch] = (counts[batch] ?? 0) + 1;
  }
  return counts;
}

describe('Reading events starts', () => {
  it.each([
    ['now', {}],
    ['last5Minutes', { '2 min': 40 }],
    ['last15Minutes', { '2 min': 40, '10 min': 40 }],
    ['lastHour', { '2 min': 40, '10 min': 40, '50 min': 40 }],
    ['earliest', { '2 min': 40, '10 min': 40, '50 min': 40, '90 min': 40 }],
  ] as const)('%s', async (startFrom, expected) => {
    expect(await read(startPosition(startFrom, Date.now()))).toEqual(expected);
  });

  it('at a time between two messages', async () => {
    expect(await read(startPosition(Date.now() - 30 * minute, Date.now()))).toEqual({
      '2 min': 40,
      '10 min': 40,
    });
  });

  it('at a time after the last message, and includes later messages', async () => {
    expect(await read({ kind: 'time', since: Date.now() + minute })).toEqual({});
  });

  it('at a time in a hub without messages', async () => {
    const empty = await startTestHub();
    const target = parseHubConnection(empty.endpoints.workbenchConnectionString);
    const bodies: string[] = [];
    const subscription = await openEvents(
      {
        connection: target,
        consumerGroup: '$Default',
        start: startPosition('last5Minutes', Date.now()),
        seen: new Map(),
        onMessages: (messages) => bodies.push(...messages.map(({ body }) => Buffer.from(body).toString())),
        onTrouble: (error) => bodies.push(error.message),
      },
      new AbortController().signal,
    );
    const devices = await Fleet.open(target);
    await devices.publish('first', 40, 0);
    await expect.poll(() => new Set(bodies).size).toBe(40);
    await Promise.all([subscription.close(), devices.close()]);
    await empty.close();
  });
});
