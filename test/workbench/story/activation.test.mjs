import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openStory } from '../../host/storyWindows.mjs';

describe('The window', () => {
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  before(async () => {
    workbench = await openStory({ label: 'activation' });
  });
  after(() => workbench?.close());

  it('has "IoT Hub" in the activity bar, which opens its view', async () => {
    await workbench.openContainer('IoT Hub');
    assert.ok((await workbench.containers()).includes('IoT Hub'));
    await workbench.screenshot('activation');
  });
});
