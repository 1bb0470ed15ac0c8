// What the stories of Clean Up share.
import { clearNotifications } from '../../host/storyWindows.mjs';
import { step } from './certificateStory.mjs';

/** Opens Clean Up and waits for its list. */
export async function openCleanUp(workbench, run = () => workbench.run('IoT Hub: Clean Up…')) {
  await run();
  await step(workbench, /Selected resources and everything they contain/);
}

/** The rows of the list: what they say, and whether they are ticked. */
export async function listed(workbench) {
  const rows = workbench.page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows.first().waitFor();
  return rows.evaluateAll((all) =>
    all.map((row) => ({
      text: [...row.querySelectorAll('.label-name, .label-description, .quick-input-list-label-meta')]
        // VS Code leaves the second line of an older list in the page, out of sight.
        .filter((part) => row.clientHeight > 30 || !part.closest('.quick-input-list-label-meta'))
        .map((part) => part.textContent)
        .join(' ')
        .replace(/\s+/g, ' ')
        .trim(),
      section: row.querySelector('.quick-input-list-separator')?.textContent ?? '',
      isTicked:
        row.querySelector('input[type=checkbox], .monaco-checkbox')?.checked ??
        row.querySelector('[aria-checked]')?.getAttribute('aria-checked') === 'true',
    })),
  );
}

export const tickedOf = async (workbench) =>
  (await listed(workbench)).filter(({ isTicked }) => isTicked).map(({ text }) => text);

/**
 * Selects or deselects a row.
 * @param {number} [count] rows that are selected afterwards, if others follow
 */
export async function toggle(workbench, text, count) {
  const row = workbench.quickRow(text);
  const isTicked = () => row.locator('input[type=checkbox], .monaco-checkbox').first().evaluate(isChecked);
  const before = await isTicked();
  await row.click();
  await workbench.until(`"${text}" to be ${before ? 'deselected' : 'selected'}`, async () => {
    const isDone = (await isTicked()) !== before;
    return isDone && (count === undefined || (await tickedOf(workbench)).length === count);
  });
}

const isChecked = (box) => box.checked ?? box.getAttribute('aria-checked') === 'true';

export const accept = (workbench) => workbench.quickInput.press('Enter');

/** Waits for the one message, and takes it away. */
export async function told(workbench, text) {
  const said = await workbench.toast(text);
  await clearNotifications(workbench);
  return said;
}
