import type { Receiver, Sender } from 'rhea';
import type { HubContext } from '../../context';
import type { Address } from '../addresses';
import type { Channel } from '../channel';
import type { EventEndpoint } from '../eventEndpoint';
import type { ReplyLinks, Reply, Request } from '../replies';
import type { AmqpErrorInfo } from '../rheaInternals';
import type { AuthorizedScope } from '../sasl';

/** What a connection keeps of an attached link. */
export interface LinkState {
  /** Whether the tokens of the connection still allow the link; absent in `$cbs`. */
  readonly isAllowed?: () => boolean;
  readonly dispose?: () => void;
}

export type AttachResult =
  | { readonly state: LinkState }
  /** @see confirmTermini */
  | { readonly error: AmqpErrorInfo; readonly isConfirmed?: boolean };

/** The connection that a link is attached on. */
export interface NodeConnection {
  readonly context: HubContext;
  readonly endpoint: EventEndpoint;
  readonly channel: Channel;
  readonly cbsReplies: ReplyLinks;
  readonly managementReplies: ReplyLinks;
  readonly isCovered: (path: readonly string[]) => boolean;
  readonly grant: (scope: AuthorizedScope) => void;
  /** Answers each message of a link as a request. */
  readonly serveRequests: (
    receiver: Receiver,
    replies: ReplyLinks,
    handle: (request: Request) => Reply,
  ) => void;
}

/** What serves the links to one kind of address. A new feature is one more kind. */
export interface AmqpNode<A extends Address = Address> {
  /** The client wants to receive. `text` is the address as the client wrote it. */
  attachSender(sender: Sender, address: A, connection: NodeConnection, text: string): AttachResult;
  /** The client wants to send. */
  attachReceiver(receiver: Receiver, address: A, connection: NodeConnection, text: string): AttachResult;
}

/** A link over which a node answers the requests of the client. */
export function attachReplyLink(replies: ReplyLinks, sender: Sender): AttachResult {
  replies.add(sender);
  return {
    state: {
      dispose: () => {
        replies.remove(sender);
      },
    },
  };
}

/** Nothing that the client could send to. */
export const refuseToReceive = (text: string): AttachResult => ({
  error: {
    condition: 'amqp:unauthorized-access',
    description: `Unauthorized access. 'Send' claim(s) are required to perform this operation on '${text}'.`,
  },
});
