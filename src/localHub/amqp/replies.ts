import rhea, { type Message, type Sender } from 'rhea';
import { MalformedError } from './malformed';
import { hasQueueRoom, presettle } from './rheaInternals';

const { types } = rhea;

/** A request to `$cbs` or `$management`. */
export interface Request {
  readonly message: Message;
  readonly properties: Readonly<Record<string, unknown>>;
}

export const requestOf = (message: Message): Request => ({
  message,
  properties: message.application_properties ?? {},
});

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The response to a request, with the status properties that `$cbs` and `$management` share. */
export interface Reply {
  readonly status: number;
  readonly description: string;
  /** AMQP error condition. */
  readonly condition?: string;
  readonly body?: unknown;
}

const uuidLength = 16;

/** rhea decodes a binary ID and a UUID alike, and encodes both as a UUID. */
const typedId = <T>(id: T): T =>
  Buffer.isBuffer(id) && id.length !== uuidLength ? (types.wrap_binary(id) as T) : id;

/**
 * The links over which one node (`$cbs` or `$management`) answers on a connection. `reply-to` names the
 * client's link or its target address; azure-iothub sends one that names neither, so the newest link is the
 * fallback.
 */
export class ReplyLinks {
  private readonly links = new Set<Sender>();

  add(sender: Sender): void {
    presettle(sender);
    this.links.add(sender);
  }

  remove(sender: Sender): void {
    this.links.delete(sender);
  }

  /** @throws MalformedError if the client leaves too many answers unread */
  send(request: Request, reply: Reply): void {
    const { reply_to: replyTo, message_id: id, correlation_id: correlationId } = request.message;
    const links = [...this.links].filter((link) => link.is_open());
    const link =
      links.find(
        (each) => each.name === replyTo || (each.target as Sender['target'] | null)?.address === replyTo,
      ) ?? links.at(-1);
    if (link && !hasQueueRoom(link)) {
      throw new MalformedError('the client does not read the answers', 'amqp:resource-limit-exceeded');
    }
    link?.send({
      // The same value and type: clients find their request by it.
      correlation_id: typedId(id ?? correlationId),
      application_properties: {
        'status-code': types.wrap_int(reply.status),
        'status-description': reply.description,
        ...(reply.condition === undefined ? {} : { 'error-condition': reply.condition }),
      },
      body: reply.body,
    });
  }
}
