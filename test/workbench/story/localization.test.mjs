// Everything that the extension shows, in a pseudo-locale: text without markers is not translated.
import { after, before, describe, it } from 'node:test';
import { pseudoLanguage } from '../../host/pseudoLocale.mjs';
import { profiled } from '../../host/stepProfile.mjs';
import { openWorkbenchWithCloud } from './azureAccount.mjs';
import { settings } from './storySteps.mjs';
import { azureTests } from './pseudoAzure.mjs';
import { certificateTests } from './pseudoCertificates.mjs';
import { deviceTests } from './pseudoDevices.mjs';
import { keybindings } from './pseudoKeys.mjs';
import { monitorTests } from './pseudoMonitor.mjs';
import { PseudoStory } from './pseudoStory.mjs';
import { like, t } from './pseudoTexts.mjs';

describe('pseudo-locale', () => {
  /** @type {PseudoStory} */
  let story;
  /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
  let workbench;
  let cloud;
  let isBroken = false;
  before(async () => {
    cloud = await openWorkbenchWithCloud({
      label: 'localization',
      language: pseudoLanguage,
      settings: {
        ...settings,
        'iotHubWorkbench.monitor.format': 'oneLine',
        'workbench.hover.delay': 10,
      },
      keybindings,
    });
    workbench = cloud.workbench;
    story = profiled(new PseudoStory(workbench));
    await workbench.openContainer(t('IoT Hub'));
    await workbench.row(like('Sign In to {0}…')).waitFor();
    await story.watch();
  });
  after(() => cloud?.close());

  for (const [title, run] of [...deviceTests, ...monitorTests, ...certificateTests, ...azureTests]) {
    it(`translates ${title}`, async (test) => {
      // Each test starts where the previous one ended.
      if (isBroken) return test.skip('a previous test failed');
      isBroken = true;
      await run(story, workbench);
      isBroken = false;
      await story.assertTranslated();
    });
  }
});
