import type { TopicHandler } from './topicHandler';

const twinRequest = /^\$iothub\/twin\/(?:GET|PATCH\/properties\/reported)\/?\?(.*)$/s;

/** Device twins, which are not supported yet: the SDKs get an error response instead of waiting for one. */
export const twins: TopicHandler = {
  matchTopic: (topic) => {
    const match = twinRequest.exec(topic);
    if (!match) return undefined;
    // As the client wrote it: decoded, it could hold characters that a topic must not have.
    const requestId = /(?:^|&)(?:\$|%24)rid=([^&]*)/i.exec(match[1] ?? '')?.[1] ?? '';
    return ({ acknowledge }, session) => {
      if (session.subscriptions.has('twinResponses')) {
        session.deliver(
          `$iothub/twin/res/501/?$rid=${requestId}`,
          JSON.stringify({ errorCode: 501000, message: 'The local hub does not support device twins yet.' }),
        );
      }
      acknowledge();
    };
  },
  matchFilter: (filter) => {
    if (filter === '$iothub/twin/res/#') return 'twinResponses';
    return filter === '$iothub/twin/PATCH/properties/desired/#' ? 'desiredProperties' : undefined;
  },
};
