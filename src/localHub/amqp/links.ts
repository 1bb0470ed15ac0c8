import type { Receiver, Sender, Session } from 'rhea';
import type { LinkState } from './nodes/node';
import { addressPath, parseAddress, scopeOf, type Address } from './addresses';
import type { Grants } from './grants';
import { findNode } from './nodes/index';
import type { AttachResult, NodeConnection } from './nodes/node';
import { presentProperties, type AmqpErrorInfo } from './rheaInternals';

export type Link = Sender | Receiver;

/** `$cbs` accepts tokens; what is not supported is refused with the reason, whatever the token. */
const withoutToken: ReadonlySet<Address['kind']> = new Set(['cbs', 'service']);

const unauthorized = (reason: string): AmqpErrorInfo => ({
  condition: 'amqp:unauthorized-access',
  description: `Unauthorized access. ${reason}`,
});

/** The links of one connection: attached when the tokens of the connection allow it, closed when these expire. */
export class Links {
  private readonly states = new Map<Link, LinkState>();

  constructor(
    private readonly connection: NodeConnection,
    private readonly grants: Grants,
  ) {}

  get size(): number {
    return this.states.size;
  }

  attachSender(sender: Sender): void {
    const text = addressOf(sender.source);
    this.attach(sender, text, (address) =>
      findNode(address).attachSender(sender, address, this.connection, text),
    );
  }

  attachReceiver(receiver: Receiver): void {
    const text = addressOf(receiver.target);
    this.attach(receiver, text, (address) =>
      findNode(address).attachReceiver(receiver, address, this.connection, text),
    );
  }

  /** Counts a link that is about to be attached. */
  add(link: Link): void {
    presentProperties(link);
    this.states.set(link, {});
  }

  forget(link: Link): void {
    this.states.get(link)?.dispose?.();
    this.states.delete(link);
  }

  forgetSession(session: Session | undefined): void {
    for (const link of [...this.states.keys()]) if (link.session === session) this.forget(link);
  }

  forgetAll(): void {
    for (const link of [...this.states.keys()]) this.forget(link);
  }

  /** Closes the links that the tokens no longer allow. @returns how many */
  closeUnauthorized(): number {
    const unauthorizedLinks = [...this.states].filter(([, { isAllowed }]) => isAllowed?.() === false);
    for (const [link, { dispose }] of unauthorizedLinks) {
      dispose?.();
      // The link stays known until both sides have detached it.
      this.states.set(link, {});
      link.close(unauthorized('The token has expired.'));
    }
    return unauthorizedLinks.length;
  }

  private attach(link: Link, text: string, attach: (address: Address) => AttachResult): void {
    const address = parseAddress(text);
    const isAllowed = withoutToken.has(address.kind) ? undefined : this.authorization(address, text);
    if (isAllowed?.() === false) {
      link.close(unauthorized(`No token for '${text}' was accepted on this connection.`));
      return;
    }
    const result = attach(address);
    if ('state' in result) {
      this.states.set(link, { ...result.state, ...(isAllowed ? { isAllowed } : {}) });
      confirmTermini(link);
      return;
    }
    if (result.isConfirmed) confirmTermini(link);
    // rhea has not written the ATTACH yet: without a terminus it goes out as a refusal (AMQP 2.6.3).
    link.close(result.error);
  }

  /** `$management` serves all entities, so each request there is authorized by itself. */
  private authorization(address: Address, text: string): () => boolean {
    if (address.kind === 'management') return () => this.grants.hasAny;
    const scope = scopeOf(addressPath(text), this.connection.context.eventHubName);
    return () => this.grants.covers(scope);
  }
}

/** rhea's typings always have a terminus; a client may leave it out. */
const addressOf = (terminus: { readonly address?: string } | null | undefined): string =>
  terminus?.address ?? '';

/** Answers an ATTACH with the client's own termini, its filters included (AMQP 3.5.3). */
function confirmTermini(link: Link): void {
  const source = link.source as Link['source'] | null;
  const target = link.target as Link['target'] | null;
  link.set_source({ address: source?.address ?? '', ...(source?.filter ? { filter: source.filter } : {}) });
  link.set_target({ address: target?.address ?? '' });
}
