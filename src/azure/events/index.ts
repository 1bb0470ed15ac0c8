export { inspectEvents, openEvents } from './azureEventSource';
