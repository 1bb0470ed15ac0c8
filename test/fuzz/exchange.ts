import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';
import type { FuzzedHub } from './fuzzedHub';
import { bearerPlaceholder, type Input, type Port } from './input';

/** Longer than an answer usually takes: what arrives later is lost for the test, and no failure. */
const firstAnswerMs = 200;
const quietMs = 10;
const maxAnswerBytes = 256 * 1024;

const sessions = new WeakMap<FuzzedHub, Map<number, Buffer>>();

async function connect(hub: FuzzedHub, port: Port, isPlain = port === 'amqpPlain'): Promise<net.Socket> {
  const { amqpPlainPort, amqpPort, mqttPort, httpsPort } = hub.endpoints;
  const number = { amqpPlain: amqpPlainPort, amqp: amqpPort, mqtt: mqttPort, https: httpsPort }[port];
  if (isPlain) {
    const socket = net.connect(number, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }
  const known = sessions.get(hub) ?? new Map<number, Buffer>();
  sessions.set(hub, known);
  const socket = tls.connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port: number,
    ca: hub.ca,
    session: known.get(number),
  });
  socket.on('session', (session) => known.set(number, session));
  await once(socket, 'secureConnect');
  return socket;
}

export interface Exchange {
  readonly answer: Buffer;
  /** Whether the hub left the connection open after the client ended it. */
  readonly isLeftOpen: boolean;
}

/** Sends an input to the end, or until the hub closes the connection. */
export async function exchange(hub: FuzzedHub, input: Input): Promise<Exchange> {
  const socket = await connect(hub, input.port, input.isPlain);
  const received: Buffer[] = [];
  let size = 0;
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isClosed = true;
      resolve();
    });
  });
  socket.on('error', () => undefined);
  if (input.isReading) {
    socket.on('data', (chunk: Buffer) => {
      if ((size += chunk.length) < maxAnswerBytes) received.push(chunk);
    });
  }
  for (const chunk of input.chunks) {
    if (isClosed || !socket.writable) break;
    const isDrained = socket.write(withBearer(chunk, hub));
    // A hub that stops reading from a client that does not read is as it should be.
    if (!isDrained && input.isReading) {
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
    await nextTurn();
  }
  if (input.isReading) await Promise.race([closed, quiet(socket)]);
  let isLeftOpen = false;
  if (input.isReset || !input.isReading) socket.destroy();
  else {
    socket.end();
    const timer = setTimeout(() => {
      isLeftOpen = true;
      socket.destroy();
    }, hub.limitMs);
    await closed;
    clearTimeout(timer);
  }
  return { answer: Buffer.concat(received), isLeftOpen };
}

/** Resolves when answers no longer arrive: a client that ends its connection at once is not answered any further. */
async function quiet(socket: net.Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    let timer = setTimeout(resolve, firstAnswerMs);
    socket.on('data', () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, quietMs);
    });
  });
}

function withBearer(chunk: Buffer, hub: FuzzedHub): Buffer {
  if (!chunk.includes(bearerPlaceholder)) return chunk;
  return Buffer.from(chunk.toString('latin1').replaceAll(bearerPlaceholder, hub.bearer), 'latin1');
}

/** Sends bytes and waits until the answer has what is expected. @throws if that does not arrive in time */
export async function expectAnswer(
  hub: FuzzedHub,
  port: Port,
  bytes: Buffer,
  isExpected: (answer: Buffer) => boolean,
): Promise<void> {
  let received = Buffer.alloc(0);
  const socket = await connect(hub, port);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer within ${hub.limitMs} ms, after ${received.toString('latin1')}`));
      }, hub.limitMs);
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (!isExpected(received)) return;
        clearTimeout(timer);
        resolve();
      });
      socket.on('error', reject).on('close', () => {
        clearTimeout(timer);
        reject(new Error(`the connection was closed after ${received.toString('latin1')}`));
      });
      socket.write(withBearer(bytes, hub));
    });
  } finally {
    socket.destroy();
  }
}
