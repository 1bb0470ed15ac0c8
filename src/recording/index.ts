/** Writes received messages to files and reads them: streamed, batched, and complete after a crash. README.md describes the formats. */
export { openRecorder } from './recorder';
export { describeRecording, openRecording } from './reader';
export type { Recorder, RecordingFormat, RecordingSummary } from './types';
