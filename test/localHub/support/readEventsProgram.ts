// Reads events in a process of its own, which trusts what its environment says; tells over what, and how many came.
import { openEvents } from '../../../src/azure/events/index';
import { parseEventHubConnection } from '../../../src/core/hub/eventHubConnection';

let count = 0;

async function main(): Promise<void> {
  const subscription = await openEvents(
    {
      connection: parseEventHubConnection(process.env['EVENTS'] ?? ''),
      consumerGroup: '$Default',
      start: { kind: 'now' },
      seen: new Map(),
      onMessages: (messages) => {
        count += messages.length;
        if (count >= 20) process.send?.({ count });
      },
      onTrouble: ({ message }) => process.send?.({ error: message }),
    },
    new AbortController().signal,
  );
  process.send?.({ transport: subscription.transport });
}

main().catch((error: unknown) => process.send?.({ error: String(error) }));
