// What a window shows, in a few lines: where only the text of a run remains, a failure has to explain itself.
import { sleep } from './processes.mjs';

const logLines = 12;

/** @param {import('./workbenchDriver.mjs').Workbench} window @returns {Promise<string>} */
export async function windowSummary(window) {
  const shown = await Promise.race([
    window.page.evaluate(read),
    sleep(5_000).then(() => ({ window: ['does not respond'] })),
  ]);
  const log = window
    .outputText('IoT Hub Workbench')
    .split('\n')
    .filter((line) => line.trim() && !/^\s+at /.test(line))
    .slice(-logLines);
  const past = await pastNotifications(window.page).catch(() => []);
  return Object.entries({ ...shown, 'past notifications': past, log })
    .filter(([, texts]) => texts.length > 0)
    .map(([name, texts]) => `      ${name}: ${texts.join('\n        ')}`)
    .join('\n');
}

/** Notifications that are no longer visible: the bell in the status bar lists them. */
async function pastNotifications(page) {
  const bell = page.locator('#status\\.notifications');
  await bell.click({ timeout: 2_000 });
  try {
    return await page.locator('.notifications-center .notification-list-item-message').allInnerTexts();
  } finally {
    await bell.click({ timeout: 2_000 });
  }
}

/** Runs in the page. */
function read() {
  const oneLine = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 200);
  const isVisible = (element) => element.getClientRects().length > 0;
  const texts = (selector) =>
    [...document.querySelectorAll(selector)]
      .filter(isVisible)
      .map((element) =>
        oneLine(
          element.value
            ? `${element.placeholder} "${element.value}"`
            : element.innerText || element.placeholder || '',
        ),
      )
      .filter(Boolean);
  const { tagName, className } = document.activeElement ?? {};
  return {
    dialog: texts('.monaco-dialog-box'),
    'quick input': texts(
      '.quick-input-title, .quick-input-widget input.input, .quick-input-message, .quick-input-list .monaco-list-row',
    ),
    menu: texts('.monaco-menu .action-label'),
    notifications: texts('.notification-list-item'),
    tree: texts('.part.sidebar .monaco-list-row'),
    editors: texts('.part.editor .tab'),
    'status bar': texts('.part.statusbar .statusbar-item'),
    focus: [oneLine(`${tagName} ${className}`)],
  };
}
