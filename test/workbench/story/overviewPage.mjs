// The overview of a hub, as stories use it.
import { createRequire } from 'node:module';
import { oneLine } from '../../host/workbenchWindow.mjs';

const { publisher, name } = createRequire(import.meta.url)('../../../package.json');

/** The active overview, as a user (or a screen reader) perceives it. */
export class Overview {
  constructor(workbench) {
    this.workbench = workbench;
    this.page = workbench.webview(`${publisher}.${name}`);
  }

  part(title) {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  button(title) {
    return this.page.getByRole('button', { name: title, exact: true });
  }

  field(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  meter(label) {
    return this.page.getByRole('meter', { name: label, exact: true });
  }

  async says(title, pattern) {
    return this.workbench.until(`"${title}" to contain ${pattern}`, async () => {
      const text = oneLine(await this.part(title).innerText());
      return pattern.test(text) && text;
    });
  }

  /** Activates the overview if another editor is in front of it. */
  async toFront(hub) {
    await this.workbench.page.locator('.tab', { hasText: `Overview: ${hub}` }).click();
    await this.page.getByRole('heading', { name: hub, exact: true }).waitFor();
  }

  async refresh() {
    await this.button('Refresh').click();
    await this.workbench.until('the requested text', async () =>
      /As of \d\d:\d\d:\d\d/.test(await this.page.locator('header').innerText()),
    );
  }

  /** The accessible name of the focused element. */
  async focused() {
    const handle = await this.page.locator('main').elementHandle();
    const frame = await handle.ownerFrame();
    return frame.evaluate(() => {
      const element = document.activeElement;
      return (
        element?.getAttribute('aria-label') ??
        element?.labels?.[0]?.innerText ??
        element?.innerText ??
        ''
      ).trim();
    });
  }

  async tabTo(title) {
    for (let turn = 0; turn < 60; turn++) {
      if ((await this.focused()) === title) return;
      await this.workbench.press('Tab');
    }
    throw new Error(`Tab does not reach "${title}"; it is at "${await this.focused()}".`);
  }
}
