import type { MessageProperties } from '../../telemetry';
import { parsePropertyBag, PropertyBagError } from '../propertyBag';
import type { TopicHandler } from './topicHandler';

const telemetryTopic = /^devices\/([^/]+)(?:\/modules\/([^/]+))?\/messages\/events(?:\/(.*))?$/s;

export interface TelemetryTopic {
  readonly deviceId: string;
  readonly moduleId?: string;
  /** Encoded properties at the end of the topic. */
  readonly bag: string;
}

export function parseTelemetryTopic(topic: string): TelemetryTopic | undefined {
  const match = telemetryTopic.exec(topic);
  if (match?.[1] === undefined) return undefined;
  return {
    deviceId: match[1],
    ...(match[2] === undefined ? {} : { moduleId: match[2] }),
    // The Node SDK ends the topic of a module output with another slash.
    bag: (match[3] ?? '').replace(/\/$/, ''),
  };
}

/** Device-to-cloud messages. */
export const telemetry: TopicHandler = {
  matchTopic: (topic, identity) => {
    const parsed = parseTelemetryTopic(topic);
    if (parsed?.deviceId !== identity.deviceId || parsed.moduleId !== identity.moduleId) return undefined;
    return ({ payload, retain, acknowledge }, session) => {
      let bag: MessageProperties;
      try {
        bag = parsePropertyBag(parsed.bag);
      } catch (error) {
        if (!(error instanceof PropertyBagError)) throw error;
        session.drop(`the property bag of the topic is not valid: ${error.message}`);
        return;
      }
      if (retain) bag = { ...bag, properties: { ...bag.properties, 'mqtt-retain': 'true' } };
      session.telemetry.accept(bag, payload, acknowledge);
    };
  },
};
