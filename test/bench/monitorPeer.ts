// A reader of a hub's events that writes them to a channel: ours, or a plain SDK loop as in other tools. Runs in a separate
// process.
import { openEvents } from '../../src/azure/events/index';
import { MessageHistory } from '../../src/core/history/messageHistory';
import { MessageBatcher } from '../../src/core/message/messageBatcher';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { MessagesChannel } from '../../src/features/monitor/lazy/messagesChannel';
import { setting } from '../../src/workbench/settings';
import { readPlainly } from './plainReader';
import { measureLoad } from './processLoad';

interface Request {
  readonly name: 'ours' | 'plain 1' | 'plain 100';
  readonly connectionString: string;
  readonly eventHubName: string;
  readonly seconds: number;
  /** Interval of memory samples. */
  readonly sampleSeconds: number;
  /** Replaces the setting. */
  readonly historyMegabytes?: number;
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function main(): Promise<void> {
  const request = JSON.parse(process.env['BENCH_REQUEST'] ?? '{}') as Request;
  const { shown, history }: Reader =
    request.name === 'ours'
      ? await ours(request)
      : {
          shown: await readPlainly({
            ...request,
            ...(request.name === 'plain 100' ? { maxBatchSize: 100 } : {}),
          }),
        };
  say({ kind: 'ready' });
  // Excludes connecting and the first messages.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  say({
    kind: 'done',
    ...(await measureLoad(shown, request.seconds, request.sampleSeconds)),
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

/** Processes messages with the same parts as `Monitor`. All readers use WebSockets. */
async function ours({ connectionString, historyMegabytes }: Request): Promise<Reader> {
  const channel = new MessagesChannel('bench');
  const history = new MessageHistory({
    maxBytes: (historyMegabytes ?? setting('monitor.history.megabytes')) * 1024 * 1024,
    maxMessages: setting('monitor.history.messages'),
  });
  const arrivals = new MessageBatcher((messages) => {
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

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
