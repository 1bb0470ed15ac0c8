/** Received messages in a file, and back: streamed, batched, and whole after a crash. docs of the formats: README.md */
export { openRecorder } from './recorder';
export { describeRecording, openRecording } from './reader';
export type { Recorder, RecordingFormat, RecordingSummary } from './types';
