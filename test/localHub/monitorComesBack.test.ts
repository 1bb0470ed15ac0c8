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
    let sent = 0;
    const publishUntil = async (holds: () => boolean) => {
      while (!holds()) {
        await fleet.publish(`full-${sent}`, 500, 300);
        sent += 500;
      }
    };
    await publishUntil(() => reader.shown.size > 4_500 && read.size === 4);
    await line.refuse();
    const fifth = hold('e');
    await publishUntil(() => (read.get('e') ?? 0) > 0);
    await line.accept();
    // A new reader gets the error immediately, with a remedy.
    const late = new TestReader(connection);
    await late.ended();
    expect(late.failure).toMatch(/The consumer group has reached its limit/);
    await expect.poll(() => reader.troubles.join()).toMatch(/reached its limit/);
    await fifth.close();
    await publishUntil(() => sent >= 10_000);
    await reader.has(sent);
    await Promise.all([reader.close(), fleet.close(), ...four.map((each) => each.close()), line.close()]);
    await hub.close();
  });
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
    await reader.has(2_000);
    await lineOfOther.refuse();
    Object.assign(ports, { https: other.endpoints.httpsPort });
    await other.close();
    // Its folder is deleted with it.
    other = await startTestHub({ ports });
    await publish('reset', 400);
    await lineOfOther.accept();
    await expect.poll(() => reader.shown.size).toBe(2_400);
    await publish('then', 100);
    await expect.poll(() => reader.shown.size).toBe(2_500);
    expect([...reader.shown.values()].every((times) => times === 1)).toBe(true);
    await reader.close();
    await lineOfOther.close();
    await other.close();
  });
});
