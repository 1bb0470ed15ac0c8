import net from 'node:net';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Container,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea';

/** A bare AMQP client, for frames that the SDKs do not send. */
export interface RawClient {
  readonly connection: Connection;
  readonly container: Container;
  readonly closed: Promise<string>;
  putToken(name: string, token: string, type?: string): Promise<Message>;
  /** Resolves with the error that closed the link, or with `open`. */
  receive(address: string, options?: object): Promise<LinkResult<Receiver>>;
  send(address: string): Promise<LinkResult<Sender>>;
  request(node: string, properties: Record<string, unknown>): Promise<Message>;
  /** Resolves when everything that the hub sent before now has arrived. */
  answered(): Promise<unknown>;
}

export interface LinkResult<L> {
  readonly link: L;
  readonly error?: {
    readonly condition?: string;
    readonly description?: string;
    readonly info?: Record<string, unknown>;
  };
}

export async function rawClient(options: Partial<ConnectionOptions> & { port: number }): Promise<RawClient> {
  const container = rhea.create_container();
  container.on('error', () => undefined);
  const connection = container.create_connection({
    host: 'localhost',
    reconnect: false,
    ...options,
  } as ConnectionOptions);
  connection.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    connection.on('connection_error', ({ error }: EventContext) => {
      resolve((error as { condition?: string } | undefined)?.condition ?? 'error');
    });
    connection.on('connection_close', () => {
      const error = connection.error as { condition?: string } | undefined;
      resolve(error?.condition ?? 'closed');
    });
    connection.on('disconnected', () => {
      resolve('disconnected');
    });
  });
  const opened = new Promise<void>((resolve) => connection.once('connection_open', () => resolve()));
  connection.connect();
  await Promise.race([
    opened,
    closed.then((reason) => {
      throw new Error(reason);
    }),
  ]);

  const settle = <L extends Receiver | Sender>(link: L, prefix: string): Promise<LinkResult<L>> =>
    new Promise((resolve) => {
      link.once(`${prefix}_error`, () => {
        resolve({ link, error: link.error as LinkResult<L>['error'] });
      });
      link.on(`${prefix}_close`, () => undefined);
      link.once(`${prefix}_open`, () => void answered().then(() => resolve({ link })));
    });

  let pending: Promise<unknown> = Promise.resolve();
  /** Frames of a connection are in order, so the answer to a new session follows what the hub sent before. */
  const answered = (): Promise<unknown> => {
    // One after another, because the number of sessions is limited.
    pending = pending.then(() => Promise.race([openAndCloseSession(), closed]));
    return pending;
  };

  const openAndCloseSession = (): Promise<void> =>
    new Promise((resolve) => {
      const session = connection.create_session();
      session.once('session_open', () => session.close());
      session.once('session_close', () => resolve());
      session.begin();
    });

  const request = async (
    node: string,
    properties: Record<string, unknown>,
    body?: unknown,
  ): Promise<Message> => {
    const replyTo = `reply-${rhea.generate_uuid()}`;
    const receiver = await settle(
      connection.open_receiver({ name: replyTo, source: node, target: { address: replyTo } }),
      'receiver',
    );
    const sender = await settle(connection.open_sender({ target: node }), 'sender');
    const error = receiver.error ?? sender.error;
    if (error) throw new Error(error.condition);
    const reply = new Promise<Message>((resolve) => {
      receiver.link.once('message', ({ message }: EventContext) => {
        if (message) resolve(message);
      });
    });
    sender.link.send({
      message_id: rhea.generate_uuid(),
      reply_to: replyTo,
      application_properties: properties,
      body,
    });
    return reply;
  };

  return {
    connection,
    container,
    closed,
    request,
    answered,
    putToken: (name, token, type = 'servicebus.windows.net:sastoken') =>
      request('$cbs', { operation: 'put-token', type, name }, token),
    receive: (address, extra = {}) =>
      settle(connection.open_receiver({ source: address, ...extra }), 'receiver'),
    send: (address) => settle(connection.open_sender(address), 'sender'),
  };
}

/** Writes bytes and resolves to the response when the server closes the connection. */
export function rawSocket(port: number, ...chunks: Buffer[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => {
      for (const chunk of chunks) socket.write(chunk);
    });
    socket.on('data', (bytes) => received.push(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(received)));
  });
}
