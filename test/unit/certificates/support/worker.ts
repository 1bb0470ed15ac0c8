import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleProgram } from '../../../support/bundleProgram.mjs';

const root = path.resolve(__dirname, '../../../..');

/** Worker threads run JavaScript, so the program is built as for the extension. */
export function buildWorker(): { readonly file: string; dispose(): void } {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-workbench-worker-'));
  const file = path.join(folder, 'certificateWorker.js');
  bundleProgram(path.join(root, 'src/certificates/workers/certificateWorker.ts'), file);
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
