import { cloudToDevice } from './cloudToDevice';
import { directMethods } from './directMethods';
import { telemetry } from './telemetry';
import type {
  DeviceIdentity,
  DeviceSession,
  PublishedMessage,
  Subscription,
  TopicHandler,
} from './topicHandler';
import { twins } from './twins';

/**
 * Everything that devices publish and subscribe to. A new feature is one more entry.
 * @see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
const topicHandlers: readonly TopicHandler[] = [telemetry, twins, directMethods, cloudToDevice];

/** How to handle a PUBLISH to this topic; undefined when the device may not publish to it. */
export function findPublishHandler(
  topic: string,
  identity: DeviceIdentity,
): ((message: PublishedMessage, session: DeviceSession) => void) | undefined {
  for (const { matchTopic } of topicHandlers) {
    const handle = matchTopic?.(topic, identity);
    if (handle) return handle;
  }
  return undefined;
}

/** The subscription that a topic filter stands for; undefined when the device may not have it. */
export function findSubscription(filter: string, identity: DeviceIdentity): Subscription | undefined {
  for (const { matchFilter } of topicHandlers) {
    const subscription = matchFilter?.(filter, identity);
    if (subscription) return subscription;
  }
  return undefined;
}
