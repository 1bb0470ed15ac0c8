// One reader of a hub's events that writes them to a channel: ours, or a plain loop of the SDK as other tools have it;
// in a process of its own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { EventHubConsumerClient, latestEventPosition } from '@azure/event-hubs';
import WebSocket from 'ws';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { openEvents } from '../../src/azure/events/index';
import { MessageHistory } from '../../src/core/history/messageHistory';
import { Arrivals } from '../../src/core/message/arrivals';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { MessagesChannel } from '../../src/features/monitor/monitoring/messagesChannel';
import { setting } from '../../src/workbench/settings';

interface Request {
  readonly name: 'ours' | 'plain 1' | 'plain 100';
  readonly connectionString: string;
  readonly eventHubName: string;
  readonly seconds: number;
  /** Samples of memory, one each so many seconds. */
  readonly sampleSeconds: number;
  /** Instead of the setting. */
  readonly historyMegabytes?: number;
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function main(): Promise<void> {
  const request = JSON.parse(process.env['BENCH_REQUEST'] ?? '{}') as Request;
  const reader = request.name === 'ours' ? await ours(request) : await plain(request);
  const { shown, history } = reader;
  say({ kind: 'ready' });
  // Connecting, and the first messages, are no part of it.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const before = { shown: shown(), cpu: process.cpuUsage(), at: performance.now() };
  const samples: number[] = [];
  const timer = setInterval(
    () => samples.push(Math.round(process.memoryUsage.rss() / 1e6)),
    request.sampleSeconds * 1_000,
  );
  await new Promise((resolve) => setTimeout(resolve, request.seconds * 1_000));
  clearInterval(timer);
  const { user, system } = process.cpuUsage(before.cpu);
  const seconds = (performance.now() - before.at) / 1_000;
  say({
    kind: 'done',
    perSecond: Math.round((shown() - before.shown) / seconds),
    cpuPercent: Math.round((user + system) / 10_000 / seconds),
    rssMb: samples,
    longestBlockMs: Math.round(loop.max / 1e6),
    p99BlockMs: Math.round(loop.percentile(99) / 1e6),
    ...(history
      ? {
          held: history.end - history.first,
          dropped: history.dropped,
          heldMb: Math.round(history.bytes / 1e6),
        }
      : {}),
  });
  process.exit(0);
}

interface Reader {
  /** Messages written to the channel so far. */
  readonly shown: () => number;
  readonly history?: MessageHistory;
}

/** What `Monitor` does with its messages, by the same parts. All readers go over WebSockets. */
async function ours({ connectionString, historyMegabytes }: Request): Promise<Reader> {
  const channel = new MessagesChannel('bench');
  const history = new MessageHistory({
    maxBytes: (historyMegabytes ?? setting('monitor.history.megabytes')) * 1024 * 1024,
    maxMessages: setting('monitor.history.messages'),
  });
  const arrivals = new Arrivals((messages) => {
    history.add(messages);
    channel.add(messages);
  });
  await openEvents(
    {
      connection: parseHubConnection(connectionString),
      consumerGroup: '$Default',
      transport: 'webSocket',
      start: { kind: 'now' },
      seen: new Map(),
      onMessages: (messages) => arrivals.add(messages),
      onTrouble: () => undefined,
    },
    new AbortController().signal,
  );
  return { shown: () => channel.written, history };
}

async function plain({ name, connectionString, eventHubName }: Request): Promise<Reader> {
  let shown = 0;
  const hub = parseHubConnection(connectionString);
  const channel = vscode.window.createOutputChannel('bench');
  const client = new EventHubConsumerClient(
    '$Default',
    `Endpoint=sb://${hub.hostName}:${hub.httpsPort}/;SharedAccessKeyName=${hub.policyName};SharedAccessKey=${hub.key};EntityPath=${eventHubName}`,
    {
      webSocketOptions: {
        webSocket: WebSocket,
        webSocketConstructorOptions: { ca: readFileSync(hub.caFile ?? '') },
      },
    },
  );
  client.subscribe(
    {
      processEvents: async (events) => {
        for (const event of events) {
          channel.appendLine(
            `[IoTHubMonitor] [${new Date().toLocaleTimeString()}] Message received from [${String(event.systemProperties?.['iothub-connection-device-id'])}]:`,
          );
          channel.appendLine(
            JSON.stringify({ body: event.body as unknown, applicationProperties: event.properties }, null, 2),
          );
        }
        shown += events.length;
      },
      processError: async () => undefined,
    },
    { startPosition: latestEventPosition, ...(name === 'plain 100' ? { maxBatchSize: 100 } : {}) },
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return { shown: () => shown };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
