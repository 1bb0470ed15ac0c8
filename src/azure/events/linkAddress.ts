import { Receiver } from 'rhea-promise';

/**
 * A request to the event endpoint that times out after its connection was lost asks its link for an address that
 * the link no longer has. The TypeError would leave the request pending, and end up uncaught.
 * Seen with `@azure/core-amqp` 4.4 (`requestResponseLink.js`, `sendRequest`) on rhea-promise 3.0.
 */
export function tolerateLostLinks(): void {
  Object.defineProperty(Receiver.prototype, 'address', {
    configurable: true,
    get(this: Receiver) {
      const source = this.source as Receiver['source'] | undefined;
      return source?.address;
    },
  });
}
