// Records indefinitely in a process that the test kills; reports the number of messages on disk.
import { type ReceivedMessage } from '../../../../src/core/message/receivedMessage';
import { openRecorder, type RecordingFormat } from '../../../../src/recording/index';
import { type SqlEngine } from '../../../../src/sqlite/openSqlite';

const [file = '', format, engine] = process.argv.slice(2) as [string, RecordingFormat, SqlEngine];
const body = new Uint8Array(Buffer.from(JSON.stringify({ text: 'x'.repeat(2_000) })));

async function main(): Promise<void> {
  const recorder = await openRecorder({ file, format }, engine);
  for (let n = 0; ; n += 200) {
    const messages = Array.from({ length: 200 }, (_, place): ReceivedMessage => ({
      partitionId: '0',
      sequenceNumber: n + place,
      enqueuedAt: n + place,
      deviceId: 'boiler-1',
      body,
      systemProperties: {},
      applicationProperties: {},
    }));
    recorder.add(messages);
    await recorder.flush();
    process.send?.(recorder.written);
  }
}

main().catch((error: unknown) => process.send?.(String(error)));
