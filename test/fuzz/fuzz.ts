import { amqpInput } from './amqp';
import { exchange } from './exchange';
import { failureOf, FuzzedHub } from './fuzzedHub';
import { checkHealth } from './health';
import { httpInput } from './http';
import { protocols, type Case, type Credentials, type Input, type Protocol } from './input';
import { minimize } from './minimize';
import { mqttInput } from './mqtt';
import { Random } from './random';
import { webSocketInput } from './webSocket';

export { protocols };

export interface FuzzOptions {
  /** The program of the local hub. */
  readonly program: string;
  readonly seed: number;
  readonly only?: readonly Protocol[];
  /** How long a healthy client may wait for its answer; 10 seconds if absent. */
  readonly limitMs?: number;
  /** Called before each round: whether to continue. */
  readonly isContinued: (rounds: number) => boolean;
  readonly report?: (text: string) => void;
}

export interface Figures {
  /** AMQP frames, MQTT packets, HTTP requests and WebSocket frames. */
  readonly sent: Readonly<Record<Protocol, number>>;
  readonly connections: number;
  readonly healthChecks: number;
  /** Resident memory of the hub's process in megabytes. */
  readonly memory: { readonly before: number; readonly after: number; readonly max: number };
}

export interface FuzzResult {
  readonly figures: Figures;
  /** What the hub did wrong, and the bytes that lead to it. */
  readonly failure?: string;
}

/** Connections in a round. AMQP on a port without TLS is fast; the others pay for a handshake each. */
const perRound: Readonly<Record<Protocol, number>> = { amqp: 300, mqtt: 60, http: 80, websocket: 60 };
const parallel = 6;

const generators: Readonly<Record<Protocol, (random: Random, credentials: Credentials) => Input>> = {
  amqp: amqpInput,
  mqtt: mqttInput,
  http: httpInput,
  websocket: webSocketInput,
};

/** Sends generated inputs to a hub in rounds, until one makes it fail. After each round, healthy clients are served. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { program, seed, only = protocols, report = () => undefined } = options;
  const hub = await FuzzedHub.start(program, options.limitMs);
  const sent: Record<Protocol, number> = { amqp: 0, mqtt: 0, http: 0, websocket: 0 };
  let [connections, healthChecks] = [0, 0];
  let failure = await checkHealth(hub);
  const before = hub.memory;
  let [after, max] = [before, before];
  const suspects: Case[] = [];

  const run = async (one: Case): Promise<void> => {
    suspects.push(one);
    if (suspects.length > 4 * parallel) suspects.shift();
    const { answer, isLeftOpen } = await exchange(hub, one.input);
    connections++;
    sent[one.protocol] += one.input.count;
    failure ??= failureOf(answer) ?? hub.failure;
    if (isLeftOpen)
      failure ??= `${one.protocol} ${one.index}: the hub left the connection open after the client ended it`;
  };

  try {
    for (let round = 0; failure === undefined && options.isContinued(round); round++) {
      const queue = casesOf(seed, only, round, hub.credentials).values();
      const worker = async (): Promise<void> => {
        for (const one of queue) {
          if (failure !== undefined) return;
          try {
            await run(one);
          } catch (error) {
            failure ??= hub.failure ?? `no connection: ${String(error)}`;
          }
        }
      };
      await Promise.all(Array.from({ length: parallel }, worker));
      failure ??= await checkHealth(hub);
      healthChecks++;
      if (hub.failure === undefined) after = hub.memory;
      max = Math.max(max, after);
      report(`round ${round + 1}: ${connections} connections, ${JSON.stringify(sent)}, ${after} MB`);
    }
  } finally {
    await hub.close();
  }
  const figures = { sent, connections, healthChecks, memory: { before, after, max } };
  if (failure === undefined) return { figures };
  return { figures, failure: `${failure}\nseed ${seed}\n${await minimize(program, suspects)}` };
}

/** The inputs of a round, in an order that mixes the protocols. */
function casesOf(seed: number, only: readonly Protocol[], round: number, credentials: Credentials): Case[] {
  const order = new Random(seed, 'order', round);
  return only
    .flatMap((protocol) =>
      Array.from({ length: perRound[protocol] }, (_, at): Case & { readonly place: number } => {
        const index = round * perRound[protocol] + at;
        const input = generators[protocol](new Random(seed, protocol, index), credentials);
        return { protocol, index, input, place: order.next() };
      }),
    )
    .sort((a, b) => a.place - b.place);
}
