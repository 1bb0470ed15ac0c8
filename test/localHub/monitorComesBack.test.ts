import { describe, expect, it } from 'vitest';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { Fleet } from './support/fleet';
import { startTestHub } from './support/hub';
import { TestReader } from './support/monitorReading';
import { otherReader } from './support/otherReader';
import { startTcpProxy } from './support/tcpProxy';

describe('A full consumer group', () => {
  it('is retried by a reader whose dead connection may still occupy it', async () => {
    const hub = await startTestHub();
    const connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
    const line = await startTcpProxy(connection.httpsPort);
    const read = new Map<string, number>();
    const hold = (name: string) => {
      const other = otherReader(connection, hub.ca);
      other.subscribe('3', {
        processEvents: async (events) => void read.set(name, (read.get(name) ?? 0) + events.length),
        processError: async () => undefined,
      });
      return other;
    };
    const fleet = await Fleet.open(connection);
    const reader = new TestReader({ ...connection, httpsPort: line.port });
    await reader.isLive;
    const four = ['a', 'b', 'c', 'd'].map(hold);
    const publishing = fleet.publish('full', 10_000, 9_000);
    await expect.poll(() => reader.shown.size, { timeout: 20_000 }).toBeGreaterThan(4_500);
    expect(read.size).toBe(4);
    await line.refuse();
    const fifth = hold('e');
    await expect.poll(() => read.get('e') ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    await line.accept();
    // Who has not read yet is told at once, with the way out.
    const late = new TestReader(connection);
    await late.ended();
    expect(late.failure).toMatch(/The consumer group has reached its limit/);
    await expect.poll(() => reader.troubles.join(), { timeout: 20_000 }).toMatch(/reached its limit/);
    await fifth.close();
    await publishing;
    await reader.has(10_000, 60_000);
    await Promise.all([reader.close(), fleet.close(), ...four.map((each) => each.close()), line.close()]);
    await hub.close();
  }, 120_000);
});

describe('A hub that was reset', () => {
  it('is read from the beginning although its sequence numbers start again', async () => {
    const ports = { mqtt: 0, https: 0, amqp: 0, amqpPlain: 0 };
    let other = await startTestHub();
    const lineOfOther = await startTcpProxy(other.endpoints.httpsPort);
    const target = () => ({
      ...parseHubConnection(other.endpoints.workbenchConnectionString),
      httpsPort: lineOfOther.port,
    });
    const reader = new TestReader(target);
    await reader.isLive;
    const publish = async (name: string, count: number) => {
      const fleet = await Fleet.open(parseHubConnection(other.endpoints.workbenchConnectionString));
      await fleet.publish(name, count, 200);
      await fleet.close();
    };
    await publish('before', 2_000);
    await reader.has(2_000, 20_000);
    await lineOfOther.refuse();
    Object.assign(ports, { https: other.endpoints.httpsPort });
    await other.close();
    // Its folder went with it.
    other = await startTestHub({ ports });
    await publish('anew', 400);
    await lineOfOther.accept();
    await expect.poll(() => reader.shown.size, { timeout: 15_000 }).toBe(2_400);
    await publish('then', 100);
    await expect.poll(() => reader.shown.size, { timeout: 15_000 }).toBe(2_500);
    expect([...reader.shown.values()].every((times) => times === 1)).toBe(true);
    await reader.close();
    await lineOfOther.close();
    await other.close();
  }, 120_000);
});
