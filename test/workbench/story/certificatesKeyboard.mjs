// Certificates with a passphrase, by keyboard: the first story in a window, whose local hub is stopped.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { channel, step } from './storySteps.mjs';
import { typeIntoPanel } from './publishPanel.mjs';

/** @param {() => import('../../host/workbenchDriver.mjs').Workbench} opened */
export function certificatesByKeyboard(opened) {
  describe('with a passphrase (keyboard)', () => {
    /** @type {import('../../host/workbenchDriver.mjs').Workbench} */
    let workbench;
    const passphrase = 'correct horse battery';
    before(async () => {
      workbench = opened();
      // The palette does not list the commands until VS Code has loaded the extension.
      await workbench.page.locator('.activitybar .action-label[aria-label^="IoT Hub"]').waitFor();
    });

    const palette = (title) => workbench.run(title, { byKeys: true });
    const type = async (wanted, text) => {
      await step(workbench, wanted);
      await workbench.press('Control+A');
      await workbench.page.keyboard.insertText(text);
      await workbench.press('Enter');
    };
    const enter = async (wanted) => {
      await step(workbench, wanted);
      await workbench.press('Enter');
    };

    it('creates a certificate authority with a passphrase', async () => {
      await palette('IoT Hub: Start Local Hub');
      await workbench.until('the hub to be running', async () =>
        (await workbench.statusBar()).some((text) => /local.*(running|:\d+)/i.test(text)),
      );
      await palette('IoT Hub: Create Certificate Authority…');
      await type(/\(1\/4\)/, 'Keyboard CA');
      await enter(/\(2\/4\)/);
      await step(workbench, /\(3\/4\).*protect/);
      await workbench.page.keyboard.insertText(passphrase);
      await step(workbench, /Strength: (good|strong)/);
      await workbench.screenshot('certificates-keyboard-1-strength');
      await workbench.press('Enter');
      await type(/Confirm the passphrase/, passphrase);
      await enter(/\(4\/4\)/);
      await workbench.selectedRow('Keyboard CA').waitFor();
    });

    it('uploads and verifies the certificate authority and saves the passphrase on request', async () => {
      await palette('IoT Hub: Upload and Verify Certificate Authority…');
      await enter(/Select a certificate authority/);
      await step(workbench, /passphrase is used once/);
      await workbench.page.keyboard.insertText('wrong');
      await workbench.press('Enter');
      await step(workbench, /does not decrypt the key/);
      await workbench.press('Shift+Tab');
      await workbench.press('Space');
      await step(workbench, /will be saved in Secret Storage/);
      await workbench.screenshot('certificates-keyboard-2-tick');
      await workbench.quickInput.focus();
      await workbench.press('Control+A');
      await workbench.page.keyboard.insertText(passphrase);
      await workbench.press('Enter');
      await workbench.toast('is verified on Local Hub');
    });

    it('creates a device and publishes as it with the saved passphrase', async () => {
      await palette('IoT Hub: Start Monitoring');
      await workbench.waitForOutput(channel, /---/);
      await palette('IoT Hub: Create X.509 Device…');
      await type(/\(1\/3\)/, 'pump-1');
      await enter(/\(2\/3\)/);
      await enter(/\(3\/3\)/);
      await workbench.selectedRow('pump-1').waitFor();
      await palette('IoT Hub: Publish Message…');
      await step(workbench, /Enter a device ID/);
      await workbench.page.keyboard.insertText('pump-1');
      await workbench.accept('pump-1');
      await typeIntoPanel(workbench, 'pump-1', 'hello by certificate');
      await workbench.waitForOutput(channel, /pump-1\n\s+hello by certificate/);
      await workbench.screenshot('certificates-keyboard-3-published');
    });

    it('asks for the passphrase again once saved ones are forgotten', async () => {
      await palette('IoT Hub: Forget Saved Passphrases');
      await palette('IoT Hub: Create X.509 Device…');
      await type(/\(1\/3\)/, 'pump-2');
      await enter(/\(2\/3\)/);
      await enter(/\(3\/3\)/);
      await step(workbench, /passphrase is used once/);
      await workbench.cancel();
    });

    it('does not log the passphrase', () => {
      for (const name of ['IoT Hub Workbench', channel]) {
        assert.ok(!workbench.outputText(name).includes(passphrase));
      }
    });
  });
}
