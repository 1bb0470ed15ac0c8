import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Waiting requests of a connection above which the hub reads no more of them. */
const maxWaiting = 64;
/** Of all connections; each has some kilobytes. */
const maxWaitingInAll = 20_000;

interface Connection {
  readonly waiting: (() => void)[];
  isBusy: boolean;
  isHeld: boolean;
}

/**
 * Starts the requests of a connection one after the other: a client may send many without waiting (pipelining), or
 * without ever reading an answer. The next request starts when the answer to the one before it was sent, and after other
 * connections had their turn.
 */
export class RequestOrder {
  private readonly connections = new WeakMap<Socket, Connection>();
  private waitingInAll = 0;

  constructor(private readonly limitInAll = maxWaitingInAll) {}

  /** @param start called now, or once the earlier requests of the connection are answered */
  add({ socket }: IncomingMessage, response: ServerResponse, start: () => void): void {
    const connection = this.connections.get(socket) ?? this.watch(socket);
    const run = (): void => {
      connection.isBusy = true;
      response.once('close', () => {
        setImmediate(() => {
          this.startNext(socket, connection);
        });
      });
      start();
    };
    if (!connection.isBusy) {
      run();
      return;
    }
    if (this.waitingInAll >= this.limitInAll) {
      socket.destroy();
      return;
    }
    this.waitingInAll++;
    if (connection.waiting.push(run) >= maxWaiting) {
      connection.isHeld = true;
      socket.pause();
    }
  }

  private startNext(socket: Socket, connection: Connection): void {
    connection.isBusy = false;
    const next = connection.waiting.shift();
    if (!next) return;
    this.waitingInAll--;
    if (connection.isHeld && connection.waiting.length < maxWaiting / 2) {
      connection.isHeld = false;
      socket.resume();
    }
    next();
  }

  private watch(socket: Socket): Connection {
    const connection: Connection = { waiting: [], isBusy: false, isHeld: false };
    this.connections.set(socket, connection);
    // Node's HTTP server resumes the socket after each request.
    const resume = socket.resume.bind(socket);
    socket.resume = () => (connection.isHeld ? socket : resume());
    socket.once('close', () => {
      this.waitingInAll -= connection.waiting.length;
      connection.waiting.length = 0;
    });
    return connection;
  }
}
