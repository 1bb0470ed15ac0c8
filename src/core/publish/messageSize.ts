import { type PropertyBag } from '../message/propertyBag';

export interface MessageSize {
  readonly bytes: number;
  /** Number of billed messages on paid tiers (4 KB each). */
  readonly billed: number;
  /** Number of billed messages on the free tier (0.5 KB each). */
  readonly billedOnFree: number;
}

/**
 * Body, values of system properties, names and values of application properties, in UTF-8.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing
 */
export function messageSize(bodyBytes: number, bag: PropertyBag): MessageSize {
  const bytes = bag.reduce(
    (sum, [name, value]) => sum + (name.startsWith('$.') ? 0 : utf8Length(name)) + utf8Length(value),
    bodyBytes,
  );
  return {
    bytes,
    billed: Math.max(1, Math.ceil(bytes / 4_096)),
    billedOnFree: Math.max(1, Math.ceil(bytes / 512)),
  };
}

export const utf8Length = (text: string) => new TextEncoder().encode(text).length;
