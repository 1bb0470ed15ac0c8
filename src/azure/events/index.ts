export { openEvents } from './azureEventSource';
