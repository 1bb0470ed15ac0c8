// Reads events in a separate process with the CAs of its environment; reports the transport and the number of events.
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
