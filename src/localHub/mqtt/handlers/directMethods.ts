import type { TopicHandler } from './topicHandler';

const methodResponse = /^\$iothub\/methods\/res\/-?\d+\/?\?.*$/s;

/** Direct methods, which are not supported yet: a response answers no request, so it is only acknowledged. */
export const directMethods: TopicHandler = {
  matchTopic: (topic) => {
    if (!methodResponse.test(topic)) return undefined;
    return ({ acknowledge }) => {
      acknowledge();
    };
  },
  matchFilter: (filter) => (filter === '$iothub/methods/POST/#' ? 'directMethods' : undefined),
};
