// Panels after a reload, in a window with the local hub and an Azure account.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { startStory } from '../../host/storyWindows.mjs';
import { answerDevice } from './storySteps.mjs';
import { addHub, hubString, withoutManagement } from './hubConnections.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../../package.json');

/** One hub of each kind, by its name in the tree, with a device. The hub of the account is listed last after a reload. */
const hubs = [
  { hub: 'Local Hub', row: 'Local Hub', device: 'of-local-hub' },
  { hub: 'plain', row: /^plain/, device: 'of-connection-string' },
  { hub: 'local-hub', row: /^local-hub/, device: 'of-account' },
];
const panels = hubs.flatMap(({ hub, device }) => [
  { tab: `Overview: ${hub}`, heading: hub },
  { tab: `Events: ${hub}`, heading: hub },
  { tab: `Publish: ${device}`, heading: `Publish to ${hub}` },
]);

/** @param {() => import('../../host/workbenchDriver.mjs').Workbench} opened */
export function restoredPanels(opened) {
  describe('panels', () => {
    /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
    let workbench;
    const tabs = () => workbench.page.locator('.editor-group-container .tab');
    const page = () => workbench.webview(`${publisher}.${name}`);
    const heading = (text) => page().getByRole('heading', { name: text, exact: true });
    before(async () => {
      workbench = opened();
      await startStory(workbench);
      // VS Code does not render rows below the visible ones.
      await workbench.collapse(/^local-hub/);
    });

    it('open for the local hub, a hub by connection string and a hub of an Azure account', async () => {
      await addHub(workbench, withoutManagement(await hubString(workbench)), 'plain');
      for (const { hub, row, device } of hubs) {
        await workbench.expand(row);
        await workbench.choose(row, 'Register Device…');
        await answerDevice(workbench, device);
        await workbench.row(device).waitFor();
        await workbench.choose(row, 'Show Hub Overview');
        await heading(hub).waitFor();
        await page().getByText(/As of/).waitFor();
        await workbench.choose(row, 'Open Events View');
        await page().getByRole('tab', { name: 'Messages' }).waitFor();
        await workbench.choose(device, 'Publish Message…');
        await heading(`Publish to ${hub}`).waitFor();
      }
      assert.equal(await tabs().count(), panels.length);
    });

    it('are restored after the window is reloaded, the active one of the Azure account immediately', async () => {
      // VS Code saves the state of its editors with a delay. This one was opened last.
      await workbench.waitForState(new RegExp(`devices\\W+${hubs.at(-1).device}`));
      await workbench.reloadWindow();
      // The hub is known once the extension has started and read the account and its subscription.
      await heading('Publish to local-hub').waitFor({ timeout: 60_000 });
      await workbench.screenshot('restore-1-account');
      for (const panel of panels) {
        await workbench.page.getByRole('tab', { name: panel.tab, exact: true }).click();
        await heading(panel.heading).waitFor();
      }
      await workbench.screenshot('restore-2-all');
      assert.equal(await tabs().count(), panels.length);
    });
  });
}
