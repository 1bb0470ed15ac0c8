/** Received messages in a file, and back: streamed, batched, and whole after a crash. docs of the formats: README.md */
export { openRecorder } from './recorder';
export { recordingParts } from './parts';
export { describeRecording, openRecording } from './reader';
export type {
  DescribeOptions,
  OpenRecordingOptions,
  Recorder,
  RecorderOptions,
  Recording,
  RecordingFormat,
  RecordingSummary,
} from './types';
