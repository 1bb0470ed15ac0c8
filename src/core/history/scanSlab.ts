import { type ReceivedMessage } from '../message/receivedMessage';
import { type SlabReader } from './slabReader';

/** Maximum time to block the event loop. */
const sliceMs = 6;
/** How many messages are visited between two clock checks: few, since bodies may be large. */
const stride = 8;

/**
 * Visits the messages of a slab in order, and yields to the event loop in between.
 * @param look its message is valid only during the call; `false` ends the scan
 */
export async function scanSlab(
  reader: SlabReader,
  look: (message: ReceivedMessage, index: number) => boolean,
): Promise<void> {
  let started = performance.now();
  for (let offset = 0; offset < reader.count; offset++) {
    const index = reader.firstIndex + offset;
    if (!look(reader.glimpse(index), index)) return;
    if (offset % stride !== 0 || performance.now() - started < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    started = performance.now();
  }
}
