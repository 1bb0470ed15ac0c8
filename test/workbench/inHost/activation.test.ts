import * as assert from 'node:assert';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import * as vscode from 'vscode';

const id = 'iot-hub-workbench.iot-hub-workbench';

describe('The installed extension', () => {
  // Two tests, so that the benchmark measures our code separately from VS Code's overhead.
  it('loads its code', () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    const main = path.join(extension.extensionPath, 'dist/extension.js');
    const loaded = createRequire(main)(main) as { activate?: unknown };
    assert.strictEqual(typeof loaded.activate, 'function');
  });

  it('is installed and activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('contributes an activity bar container named "IoT Hub"', () => {
    const { contributes } = vscode.extensions.getExtension(id)?.packageJSON as {
      contributes: { viewsContainers: { activitybar: { title: string }[] } };
    };
    assert.deepStrictEqual(
      contributes.viewsContainers.activitybar.map(({ title }) => title),
      ['IoT Hub'],
    );
  });
});
