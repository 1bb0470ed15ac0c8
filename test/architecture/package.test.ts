import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '../..');
const vsix = path.join(root, 'iot-hub-workbench-0.1.0.vsix');

/** Files that vsce would package. */
function packedFiles(): string[] {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  return execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('npm '))
    .sort();
}

describe('the package', () => {
  it('contains only files used at run time', () => {
    expect(packedFiles()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/azureCommands.js',
      'dist/azureEvents.js',
      'dist/azureManagement.js',
      'dist/azureMqtt.js',
      'dist/azureRegistry.js',
      'dist/certificateCheck.js',
      'dist/certificateCommands.js',
      'dist/certificatePath.js',
      'dist/certificateWorker.js',
      'dist/cleanUp.js',
      'dist/createHub.js',
      'dist/csv.js',
      'dist/debug.js',
      'dist/deviceList.js',
      'dist/extension.js',
      'dist/hubCertificates.js',
      'dist/hubOverview.js',
      'dist/l10n.js',
      'dist/localHub.js',
      'dist/monitoring.js',
      'dist/mqttPacket.js',
      'dist/node-sqlite3-wasm.wasm.br',
      'dist/passphraseStrength.js',
      'dist/publishPanel.js',
      'dist/recording.js',
      'dist/recordingWorker.js',
      'dist/reflectMetadata.js',
      'dist/rhea.js',
      'dist/sqliteWasm.js',
      'dist/webview/events.css',
      'dist/webview/events.js',
      'dist/webview/hubOverview.css',
      'dist/webview/hubOverview.js',
      'dist/webview/publish.css',
      'dist/webview/publish.js',
      'dist/webview/waiting.css',
      'dist/webview/waiting.js',
      'dist/ws.js',
      'dist/x509.js',
      'l10n/bundle.l10n.de.json',
      'l10n/bundle.l10n.zh-cn.json',
      'media/d2cMessage.schema.json',
      'media/events.dark.svg',
      'media/events.light.svg',
      'media/hubOverview.dark.svg',
      'media/hubOverview.light.svg',
      'media/icon.png',
      'media/iotHub.svg',
      'media/messages.tmLanguage.json',
      'media/publish.dark.svg',
      'media/publish.light.svg',
      'package.json',
      'package.nls.de.json',
      'package.nls.json',
      'package.nls.zh-cn.json',
    ]);
  });

  it('requires no other extension', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
    expect(Object.keys(manifest)).toContain('engines');
    for (const key of ['extensionDependencies', 'extensionPack']) expect(manifest).not.toHaveProperty(key);
  });

  it('is below 1.6 MB', () => {
    expect(fs.existsSync(vsix), 'npm run package makes it').toBe(true);
    expect(fs.statSync(vsix).size).toBeLessThan(1_600_000);
  });
});
