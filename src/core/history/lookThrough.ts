import { type ReceivedMessage } from '../message/receivedMessage';
import { type SlabReader } from './slabReader';

/** How long the event loop may be blocked at a time. */
const sliceMs = 6;
/** How many messages are looked at between two looks at the clock: few, as bodies may be large. */
const stride = 8;

/**
 * Shows the messages of a slab in order, and lets others have the event loop in between.
 * @param look its message is for the moment of the call; `false` ends it
 */
export async function lookThrough(
  reader: SlabReader,
  look: (message: ReceivedMessage, index: number) => boolean,
): Promise<void> {
  let started = performance.now();
  for (let place = 0; place < reader.count; place++) {
    const index = reader.firstIndex + place;
    if (!look(reader.glimpse(index), index)) return;
    if (place % stride !== 0 || performance.now() - started < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    started = performance.now();
  }
}
