import * as assert from 'node:assert';
import * as vscode from 'vscode';

const id = 'iot-hub-workbench.iot-hub-workbench';

describe('The installed extension', () => {
  it('is there and activates', async () => {
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
