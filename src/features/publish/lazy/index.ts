export { PublishPanels } from './publishPanels';
export { replayRecording } from './replayRecording';
