import { parentPort, workerData } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { setDisplayLocale } from '../../core/base/displayLocale';
import { isIotError } from '../../core/errors';
import { certificateEngine } from '../../core/x509/index';
import { type Answer, type Call, type WorkerSettings } from './protocol';

// Entry point of a worker thread, dist/certificateWorker.js.
const { rounds, translations, locale } = (workerData ?? {}) as WorkerSettings;
if (translations) l10n.config({ contents: { ...translations } });
if (locale !== undefined) setDisplayLocale(locale);
const engine = certificateEngine(rounds);

parentPort?.on('message', (call: Call) => {
  void answer(call).then((result) => parentPort?.postMessage(result));
});

async function answer({ method, args }: Call): Promise<Answer> {
  try {
    const call = engine[method] as (...all: readonly unknown[]) => Promise<unknown>;
    return { kind: 'done', value: await call(...args) };
  } catch (error) {
    if (isIotError(error)) {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      return { kind: 'failed', code: error.code, message: error.message, detail: error.detail ?? cause };
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'broke', message, stack };
  }
}
