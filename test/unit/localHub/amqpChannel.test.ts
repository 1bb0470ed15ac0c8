import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Channel } from '../../../src/localHub/amqp/channel';
import { FrameGuard } from '../../../src/localHub/amqp/frameGuard';
import { amqpHeader, begin, described, flow, frame, list, open } from '../../localHub/support/amqpFrames';

/** A socket without a network: `push` is what the client sends. */
class ClientSocket extends Duplex {
  override _read(): void {
    // Everything is pushed.
  }
  override _write(_: Buffer, __: string, done: () => void): void {
    done();
  }
}

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
const emptyFrame = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

function channelOf(socket: Duplex): { readonly received: Buffer[]; readonly errors: string[] } {
  const received: Buffer[] = [];
  const errors: string[] = [];
  const guard = new FrameGuard({ isAuthenticated: () => true, maxChannel: 9, creditOf: () => 1 });
  const channel = new Channel(
    socket,
    { onMalformed: ({ message }) => errors.push(message), onClosed: () => undefined },
    guard,
  );
  channel.on('data', (bytes: Buffer) => received.push(bytes));
  channel.start();
  return { received, errors };
}

describe('AMQP channel', () => {
  it('gives the other connections a turn after a number of frames, and loses none', async () => {
    const socket = new ClientSocket();
    const { received } = channelOf(socket);
    const count = 1_000;
    socket.push(Buffer.concat([amqpHeader, open(), ...Array.from({ length: count }, () => emptyFrame)]));
    const perTurn: number[] = [];
    for (let before = -1; received.length > before;) {
      before = received.length;
      await turn();
      perTurn.push(received.length - before);
    }
    expect(received).toHaveLength(count + 2);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(2 * 64);
    // What arrives later is read again.
    socket.push(emptyFrame);
    await turn();
    expect(received).toHaveLength(count + 3);
  });

  it('delivers no frame after one that is not valid, also of those that wait for their turn', async () => {
    const socket = new ClientSocket();
    const { received, errors } = channelOf(socket);
    const frames = Array.from({ length: 100 }, () => emptyFrame);
    const wrong = frame(0, described(0x99, list()));
    socket.push(Buffer.concat([amqpHeader, open(), begin(), ...frames, wrong, ...frames]));
    for (let turns = 0; turns < 10; turns++) await turn();
    expect(received).toHaveLength(103);
    expect(errors).toEqual(['a descriptor is not one of the specification']);
    socket.push(flow(0, 1));
    await turn();
    expect(received).toHaveLength(103);
  });
});
