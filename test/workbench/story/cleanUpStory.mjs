// Helpers for the Clean Up stories.
import { clearNotifications } from '../../host/storyWindows.mjs';
import { step } from './storySteps.mjs';

/** Opens Clean Up and waits for its list. */
export async function openCleanUp(workbench, run = () => workbench.run('IoT Hub: Clean Up…')) {
  await run();
  await step(workbench, /Selected resources and everything they contain/);
}

/** The rows of the list: their text, and whether they are selected. */
export async function listed(workbench) {
  const rows = workbench.page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows.first().waitFor();
  return rows.evaluateAll((all) =>
    all.map((row) => ({
      text: [...row.querySelectorAll('.label-name, .label-description, .quick-input-list-label-meta')]
        // VS Code keeps the hidden second line of a previous list in the page.
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
 * @param {number} [count] number of rows that are selected afterwards, if this changes others too
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

/** Waits for the only notification, and dismisses it. */
export async function dismissNotification(workbench, text) {
  const message = await workbench.toast(text);
  await clearNotifications(workbench);
  return message;
}
