import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '../..');
const vsix = path.join(root, 'iot-hub-workbench-0.1.0.vsix');

/** What vsce would pack, were it run now. */
function packedFiles(): string[] {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  return execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('npm '))
    .sort();
}

describe('The package', () => {
  it('holds what runs, and nothing else', () => {
    expect(packedFiles()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/azureCertificates.js',
      'dist/azureEvents.js',
      'dist/azureMqtt.js',
      'dist/azureRegistry.js',
      'dist/certificateWorker.js',
      'dist/extension.js',
      'dist/hubCertificates.js',
      'dist/hubSqliteWasm.js',
      'dist/localHub.js',
      'dist/node-sqlite3-wasm.wasm',
      'dist/passphraseStrength.js',
      'dist/publishPanel.js',
      'dist/webview/publish.css',
      'dist/webview/publish.js',
      'media/d2cMessage.schema.json',
      'media/icon.png',
      'media/iotHub.svg',
      'media/publish.dark.svg',
      'media/publish.light.svg',
      'package.json',
    ]);
  }, 60_000);

  it('is below 1.5 MB', () => {
    expect(fs.existsSync(vsix), 'npm run package makes it').toBe(true);
    expect(fs.statSync(vsix).size).toBeLessThan(1.5 * 1024 * 1024);
  });
});
