import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspectEvents, openEvents } from '../../src/azure/events/index';
import { forgetBlockedTransports } from '../../src/azure/events/eventTransport';
import { isIotError } from '../../src/core/errors';
import { parseEventHubConnection, type EventsTarget } from '../../src/core/hub/eventHubConnection';
import { parseHubConnection, type HubConnection } from '../../src/core/hub/hubConnection';
import { type EventTransportOptions } from '../../src/core/message/eventSource';
import type * as WebProxy from '../../src/core/mqtt/webProxy';
import { startConnectProxy } from './support/connectProxy';
import { startTestHub, type TestHub } from './support/hub';
import { Fleet } from './support/fleet';
import { startSilentServer, startTcpProxy } from './support/tcpProxy';
import { bundleProgram } from '../support/bundleProgram.mjs';

// A proxy is not used for local hosts, so this host is treated as a remote one.
vi.mock('../../src/core/mqtt/webProxy', async (original) => {
  const actual = await original<typeof WebProxy>();
  const proxyFor: typeof actual.proxyFor = (host, port, settings) =>
    actual.proxyFor(host === 'localhost' ? 'hub.example.net' : host, port, settings);
  return { ...actual, proxyFor };
});

let hub: TestHub;
let connection: HubConnection;
let fleet: Fleet;
const proxies: { close(): Promise<void> }[] = [];
const never = new AbortController().signal;

beforeAll(async () => {
  hub = await startTestHub();
  connection = parseHubConnection(hub.endpoints.workbenchConnectionString);
  fleet = await Fleet.open(connection);
});
beforeEach(forgetBlockedTransports);
afterAll(async () => {
  await fleet.close();
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await hub.close();
});

async function keep<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const proxy = await starting;
  proxies.push(proxy);
  return proxy;
}

let turn = 0;
/** Reads what is published meanwhile. @returns the transport, and how many of twenty messages arrived */
async function read(target: EventsTarget, options: EventTransportOptions = {}) {
  const bodies = new Set<string>();
  const subscription = await openEvents(
    {
      ...options,
      connection: target,
      consumerGroup: '$Default',
      start: { kind: 'now' },
      seen: new Map(),
      onMessages: (messages) => messages.forEach(({ body }) => bodies.add(Buffer.from(body).toString())),
      onTrouble: () => undefined,
    },
    never,
  );
  await fleet.publish(`options-${turn++}`, 20, 0);
  await expect.poll(() => bodies.size).toBe(20);
  await subscription.close();
  return subscription.transport;
}

async function refusal(target: EventsTarget, options: EventTransportOptions = {}) {
  const error: unknown = await inspectEvents(target, '$Default', never, options).catch(
    (reason: unknown) => reason,
  );
  expect(isIotError(error)).toBe(true);
  return error as Error & { readonly code: string };
}

describe('The events of a hub', () => {
  it('are found by the redirect on the AMQP port and read', async () => {
    const amqp = await keep(startTcpProxy(connection.amqpPort));
    await read({ ...connection, amqpPort: amqp.port });
    // One connection to check that the port is open, one for the redirect.
    expect(amqp.accepted).toBe(2);
  });

  it('are read over WebSockets if the AMQP port is closed', async () => {
    const amqp = await keep(startTcpProxy(connection.amqpPort));
    await amqp.refuse();
    expect(await read({ ...connection, amqpPort: amqp.port })).toBe('webSocket');
  });

  it('are read over WebSockets if a firewall drops AMQP, which is tested once', async () => {
    const silent = await keep(startSilentServer());
    const target = { ...connection, amqpPort: silent.port };
    expect(await read(target)).toBe('webSocket');
    expect(silent.accepted).toBe(1);
    expect(await read(target)).toBe('webSocket');
    expect(silent.accepted).toBe(1);
  });

  it('are not read over WebSockets if the setting is AMQP', async () => {
    const amqp = await keep(startTcpProxy(connection.amqpPort));
    await amqp.refuse();
    const error = await refusal({ ...connection, amqpPort: amqp.port }, { transport: 'amqp' });
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain(`${amqp.port}`);
  });

  it('are read over WebSockets without testing AMQP if the setting is WebSockets', async () => {
    const amqp = await keep(startTcpProxy(connection.amqpPort));
    expect(await read({ ...connection, amqpPort: amqp.port }, { transport: 'webSocket' })).toBe('webSocket');
    expect(amqp.accepted).toBe(0);
  });

  it('are reported as unreachable if both transports are blocked', async () => {
    const [amqp, https] = await Promise.all([
      keep(startTcpProxy(connection.amqpPort)),
      keep(startTcpProxy(connection.httpsPort)),
    ]);
    await Promise.all([amqp.refuse(), https.refuse()]);
    const error = await refusal({ ...connection, amqpPort: amqp.port, httpsPort: https.port });
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(/^[A-Z].*\.$/);
  });
});

describe('A proxy for events', () => {
  const through = (port: number, userInfo = ''): EventTransportOptions => ({
    proxy: { proxy: `http://${userInfo}127.0.0.1:${port}`, noProxy: [], isOff: false, environment: {} },
  });

  it('is used for the redirect and the events', async () => {
    const proxy = await keep(startConnectProxy());
    expect(await read(connection, through(proxy.port))).toBe('webSocket');
    expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
    expect(new Set(proxy.asked)).toEqual(new Set([`localhost:${connection.httpsPort}`]));
  });

  it('receives its credentials', async () => {
    const proxy = await keep(startConnectProxy({ credentials: 'me:secret' }));
    expect(await read(connection, through(proxy.port, 'me:secret@'))).toBe('webSocket');
  });

  it('that refuses is reported without its credentials', async () => {
    const proxy = await keep(startConnectProxy({ credentials: 'me:secret' }));
    const error = await refusal(connection, through(proxy.port, 'me:wrong@'));
    expect(error.message).toBe(`The proxy 127.0.0.1:${proxy.port} rejected the username and password.`);
    const target = parseEventHubConnection(hub.endpoints.eventHubConnectionString);
    const events = {
      ...target,
      isPlain: false,
      caFile: hub.endpoints.caFile,
      httpsPort: connection.httpsPort,
    };
    expect((await refusal(events, through(proxy.port))).message).toBe(
      `The proxy 127.0.0.1:${proxy.port} requires a username and password.`,
    );
  });

  it('that does not answer is named', async () => {
    const gone = await keep(startTcpProxy(connection.httpsPort));
    await gone.refuse();
    const { message } = await refusal(connection, through(gone.port));
    expect(message).toMatch(`The proxy 127.0.0.1:${gone.port} cannot be used: The connection to`);
  });

  it('is not used for excluded hosts', async () => {
    const proxy = await keep(startConnectProxy());
    const options = through(proxy.port);
    await read(connection, {
      proxy: { ...options.proxy, noProxy: ['.example.net'] } as EventTransportOptions['proxy'],
    });
    expect(proxy.asked).toEqual([]);
  });
});

describe('An Event Hubs connection string', () => {
  it('is read over AMQP without TLS if it is for an emulator', async () => {
    const target = parseEventHubConnection(hub.endpoints.eventHubConnectionString);
    expect(await read(target)).toBe('amqp');
  });

  it('is read over AMQP with TLS on its port', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-events-tls-'));
    const program = path.join(folder, 'readEvents.cjs');
    bundleProgram(path.resolve(__dirname, 'support/readEventsProgram.ts'), program);
    const plain = hub.endpoints.eventHubConnectionString.replace(';UseDevelopmentEmulator=true', '');
    const address = plain.replace(/localhost:\d+/, `localhost:${connection.amqpPort}`);
    // The CA of the local hub is trusted as public CAs are: through the system's list.
    const child = fork(program, {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: hub.endpoints.caFile, EVENTS: address },
    });
    const answers: { readonly transport?: string; readonly count?: number; readonly error?: string }[] = [];
    child.on('message', (answer) => answers.push(answer as (typeof answers)[number]));
    await expect.poll(() => answers.length).toBe(1);
    expect(answers[0]).toEqual({ transport: 'amqp' });
    await fleet.publish('tls', 20, 0);
    await expect.poll(() => answers.at(-1)).toEqual({ count: 20 });
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('without an entity or with an unknown one is refused with a message', async () => {
    const target = parseEventHubConnection(hub.endpoints.eventHubConnectionString);
    const error = await refusal({ ...target, entityPath: 'not-here' });
    expect(error.code).toBe('notFound');
    expect(() =>
      parseEventHubConnection('Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=YQ=='),
    ).toThrow(/missing EntityPath/);
  });
});
