// The publish panel, as stories use it.
import { createRequire } from 'node:module';
import { escape, oneLine } from '../../host/workbenchWindow.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../../package.json');
const extension = `${publisher}.${name}`;

/** The time of a result, which starts its row. */
const timeOf = (text = '') => /^[\d:.]+/.exec(text.trim())?.[0] ?? '';

/** The active publish panel, as a user (or a screen reader) perceives it. */
export class PublishPanel {
  constructor(workbench) {
    this.workbench = workbench;
    this.page = workbench.webview(extension);
  }

  get body() {
    return this.page.getByRole('textbox', { name: 'Body' });
  }

  get results() {
    return this.page.locator('.result-list tbody tr');
  }

  button(title) {
    return this.page.getByRole('button', { name: title, exact: true });
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  async waitFor(device) {
    await this.page.getByRole('heading', { name: 'Publish to Local Hub' }).waitFor();
    if (device)
      await this.page
        .locator('.connection-details', { hasText: `Client ID ${device}` })
        .or(this.page.locator('.connection-details tr', { hasText: device }))
        .first()
        .waitFor();
  }

  /** Replaces the body. @param preview a part of the next message, if the text has placeholders */
  async type(text, preview = text) {
    // VS Code returns the focus to the tree when it closes a prompt; text that is typed at that moment goes nowhere.
    await this.workbench.until('the text in the body', async () => {
      await this.body.fill(text);
      return (await this.body.inputValue()) === text;
    });
    // Placeholders open the preview, which moves everything below it, also under the pointer.
    await this.page.locator('.preview').filter({ hasText: preview }).waitFor({ state: 'attached' });
  }

  async send(press = () => this.button('Send').click()) {
    this.earlier = (await this.results.count()) > 0 ? await this.results.first().innerText() : undefined;
    await press();
  }

  /** Waits until the result of the last `send`, or a newer one, matches. @returns {Promise<string>} its full text */
  async newest(pattern, timeout) {
    const row = this.results.first();
    return this.workbench.until(
      `the newest result to match ${pattern}`,
      async () => {
        if ((await row.count()) === 0) return false;
        const text = await row.innerText();
        return timeOf(text) !== timeOf(this.earlier) && pattern.test(oneLine(text)) && oneLine(text);
      },
      timeout,
    );
  }

  /** Messages below the fields and in the action bar. @returns {Promise<string[]>} */
  async problems() {
    return (await this.page.locator('.problem').allInnerTexts()).map(oneLine);
  }

  async connectionDetail(label) {
    const row = this.page
      .locator('.connection-details tr', { hasText: new RegExp(`^\\s*${escape(label)}`) })
      .first();
    return oneLine(await row.locator('td').first().innerText());
  }

  async total(label) {
    const item = this.page.locator('.totals div', { hasText: new RegExp(`^\\s*${escape(label)}`) });
    if ((await item.count()) === 0) return undefined;
    return Number((await item.locator('dd').innerText()).split(' ')[0].replaceAll(',', ''));
  }

  /** The accessible name of the focused element. */
  async focused() {
    const frame = await this.frame();
    return frame.evaluate(() => {
      const element = document.activeElement;
      const label = element?.getAttribute('aria-label') ?? element?.labels?.[0]?.innerText;
      return (label ?? element?.innerText ?? '').trim();
    });
  }

  async tabTo(name) {
    for (let turn = 0; turn < 60; turn++) {
      if ((await this.focused()) === name) return;
      await this.workbench.press('Tab');
    }
    throw new Error(`Tab does not reach "${name}"; it is at "${await this.focused()}".`);
  }

  async frame() {
    const handle = await this.page.locator('main').elementHandle();
    return handle.ownerFrame();
  }
}

/** Opens the panel of a device from the context menu, and sends one message. */
export async function publishByPanel(workbench, row, device, text) {
  await workbench.choose(row, 'Publish Message…');
  const panel = new PublishPanel(workbench);
  await panel.waitFor(device);
  await panel.type(text);
  await panel.send();
  return panel;
}

/** Sends a message with the keyboard; the panel is open and its body has the focus. */
export async function typeIntoPanel(workbench, device, text) {
  const panel = new PublishPanel(workbench);
  await panel.waitFor(device);
  await panel.tabTo('Body');
  await workbench.press('Control+A');
  await workbench.page.keyboard.insertText(text);
  await panel.send(() => workbench.press('Control+Enter'));
  return panel;
}
