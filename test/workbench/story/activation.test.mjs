import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openStory } from '../../host/storyWindows.mjs';

describe('VS Code window', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  before(async () => {
    workbench = await openStory({ label: 'activation' });
  });
  after(() => workbench?.close());

  it('opens the IoT Hub view from the activity bar', async () => {
    await workbench.openContainer('IoT Hub');
    assert.ok((await workbench.containers()).includes('IoT Hub'));
    await workbench.screenshot('activation');
  });
});
