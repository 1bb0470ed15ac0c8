import { identityTopic, type TopicHandler } from './topicHandler';

/** Cloud-to-device messages and module inputs, which are not supported yet: a device may subscribe to them. */
export const cloudToDevice: TopicHandler = {
  matchFilter: (filter, identity) => {
    const prefix = identityTopic(identity);
    const filters = [`${prefix}/messages/devicebound/#`, `${prefix}/inputs/#`, `${prefix}/#`];
    return filters.includes(filter) ? 'cloudToDevice' : undefined;
  },
};
