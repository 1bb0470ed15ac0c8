// What every window of VS Code has: its palette, its quick input, its screen. `workbenchDriver.mjs` has the rest.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from './paths.mjs';
import { sleep } from './processes.mjs';
import { readState } from './windowState.mjs';

/** How long a person would wait before saying that it does not work. */
export const patience = 20_000;

/** Themes by the names people know them by, with the class VS Code puts on the window, and that on webviews. */
const themes = {
  light: ['Light Modern', 'vs', 'vscode-light'],
  dark: ['Dark Modern', 'vs-dark', 'vscode-dark'],
  'high contrast': ['Dark High Contrast', 'hc-black', 'vscode-high-contrast'],
};

export class WorkbenchWindow {
  /**
   * @param {import('./vscodeServer.mjs').RunningServer} server
   * @param {{ context: import('playwright-core').BrowserContext, close: () => Promise<void> }} browser
   * @param {import('playwright-core').Page} page
   * @param {string} folder
   */
  constructor(server, browser, page, folder) {
    this.server = server;
    this.browser = browser;
    /** For what the driver does not know. */
    this.page = page;
    this.folder = folder;
    /** What the window wrote to its console, newest last. */
    this.console = [];
    page.setDefaultTimeout(patience);
    page.on('console', (message) => this.console.push(`[${message.type()}] ${message.text()}`));
  }

  /** Loads the window (again) and waits until VS Code has restored it. */
  async reload() {
    await this.page.goto(`${this.server.url}/?folder=${encodeURIComponent(this.folder)}`);
    await this.restored();
  }

  /** Loads the window again as a person does: by a command, after which VS Code has kept what was open. */
  async reloadWindow() {
    const loaded = this.page.waitForEvent('load');
    await (await this.palette('Developer: Reload Window')).click();
    await loaded;
    await this.restored();
  }

  async restored() {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor();
    // The remote indicator gets its name when the extension host is there.
    await this.page.locator('.statusbar [id="status.host"]').first().waitFor();
  }

  /** Closes the window, ends VS Code, removes its folders. */
  async close() {
    try {
      await this.browser.close();
    } finally {
      await this.server.stop();
    }
  }

  /** Waits until `probe` returns something true, and returns it. */
  async until(what, probe, timeout = patience) {
    const end = Date.now() + timeout;
    // Most of what is waited for is there at once or soon.
    for (let pause = 10; ; pause = Math.min(2 * pause, 100)) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`);
      await sleep(pause);
    }
  }

  // --- Commands and quick input ------------------------------------------------------------------

  /**
   * Opens the palette and types the exact title of a command, `IoT Hub: Register Device…`. Whatever takes the focus
   * closes the palette: a person would open it again.
   * @returns {Promise<import('playwright-core').Locator>} the command's row
   */
  async palette(title) {
    const row = this.quickRow(title, { exact: true });
    await this.until(`"${title}" in the palette`, async () => {
      if (!(await this.paletteText())) await this.page.keyboard.press('F1');
      const isOpen = () => this.until('the palette', () => this.paletteText(), 2_000);
      const typed = () => this.quickInput.fill(`>${title}`, { timeout: 2_000 });
      return isOpen()
        .then(typed)
        .then(() => row.waitFor({ timeout: 3_000 }))
        .then(
          () => true,
          () => false,
        );
    });
    return row;
  }

  /** What is typed in the palette, with its `>`; empty when another input is open, or none. */
  paletteText() {
    return this.page.evaluate(() => {
      const input = document.querySelector('.quick-input-widget input.input');
      return input?.checkVisibility() && input.value.startsWith('>') ? input.value : '';
    });
  }

  /** Runs a command by its exact title. @param {{ byKeys?: boolean }} [options] Enter instead of a click */
  async run(title, { byKeys = false } = {}) {
    await this.until(`the palette to take "${title}"`, async () => {
      const row = await this.palette(title);
      const taken = byKeys
        ? this.quickInput.press('Enter', { timeout: 2_000 })
        : row.click({ timeout: 2_000 });
      return taken.then(
        () => true,
        () => false,
      );
    });
    // The palette goes, or becomes the command's own question: nobody shall answer in its last rows.
    await this.until(`the palette to run "${title}"`, async () => !(await this.paletteText()));
  }

  /** The field of the palette, quick picks, input boxes and the file dialog: it is one widget. */
  get quickInput() {
    return this.page.locator('.quick-input-widget:visible input.input').first();
  }

  quickRow(text, { exact = false } = {}) {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row:visible');
    const label = this.page.locator('.label-name', { hasText: exact ? exactly(text) : text });
    return rows.filter(exact ? { has: label } : { hasText: text }).first();
  }

  /** Types an answer into an input box (or a path into the file dialog) and presses Enter. */
  async answer(text) {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  /** Types a path into VS Code's own file dialog, which looks at the folder before it takes Enter. */
  async answerFile(file) {
    // It looks like the question before it, and its field alone begins with a path.
    const path = async () => {
      const value =
        (await this.quickInput.count()) > 0 && (await this.quickInput.inputValue({ timeout: 1_000 }));
      return value && /^([/~]|[a-z]:\\)/i.test(value) ? value : '';
    };
    const now = () => path().catch(() => '');
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    // With its rows it writes the path that it proposes, over what was typed before.
    await this.until('the file dialog', async () => (await now()) && (await rows.count()) > 0);
    await this.until(`the file dialog to take ${file}`, async () => {
      const value = await now();
      if (!value) return true;
      if (!sameFile(value, file)) {
        await this.quickInput.fill(file);
        return false;
      }
      // While it looks at the folder it ignores Enter.
      await this.quickInput.press('Enter', { timeout: 1_000 }).catch(() => undefined);
      const isGone = async () => !(await now());
      return this.until('the file dialog to go', isGone, 500).catch(() => false);
    });
  }

  /**
   * Chooses the first row that holds this text in a quick pick.
   * @param {{ exact?: boolean, filter?: string }} [options] `exact`: the row of which it is the whole label;
   *   `filter`: typed first
   */
  async pick(text, { exact, filter } = {}) {
    await this.quickInput.waitFor();
    if (filter !== undefined) await this.quickInput.fill(filter);
    await this.clickRow(() => this.quickRow(text, { exact }));
  }

  /** A row may be drawn anew while it is clicked, and the old one stays in the page, unseen: look again. */
  async clickRow(row) {
    await this.until('the row to be clicked', () =>
      row()
        .click({ timeout: 2_000 })
        .then(
          () => true,
          () => false,
        ),
    );
  }

  /** The rows of the open quick pick that are on the screen: label and description. @returns {Promise<string[]>} */
  async picks() {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    await rows.first().waitFor();
    const texts = rows.evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('.label-name, .label-description, .quick-input-list-label-meta')]
          // A row of one line that is used again keeps the detail of the one before, unseen.
          .filter(
            (part) =>
              row.offsetHeight > 30 ||
              !part.matches('.quick-input-list-label-meta *, .quick-input-list-label-meta'),
          )
          .map((part) => part.textContent)
          .join(' '),
      ),
    );
    return (await texts).map(oneLine);
  }

  /** What the open quick input says: its title, its placeholder, and its prompt or validation message. */
  async quickInputText() {
    await this.quickInput.waitFor();
    const text = async (selector) => {
      const found = this.page.locator(`.quick-input-widget:visible ${selector}`).first();
      return (await found.count()) && (await found.isVisible()) ? oneLine(await found.innerText()) : '';
    };
    return {
      title: await text('.quick-input-title'),
      placeholder: (await this.quickInput.getAttribute('placeholder')) ?? '',
      value: await this.quickInput.inputValue(),
      message: await text('.quick-input-message'),
    };
  }

  /** Leaves the open quick input with Escape. */
  async cancel() {
    await this.quickInput.waitFor();
    await this.quickInput.press('Escape');
  }

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  // --- Other -------------------------------------------------------------------------------------

  /** The text that was copied. */
  clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** The inside of a webview of an extension (`publisher.name`), to find elements in. */
  webview(extension) {
    return this.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=${extension}"]`)
      .frameLocator('#active-frame');
  }

  /** @param {'light' | 'dark' | 'high contrast'} name */
  async theme(name) {
    const [theme, className, webviewClass] = themes[name];
    await this.run('Preferences: Color Theme');
    await this.answer(theme);
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
    await this.until(`webviews in the theme ${theme}`, async () => {
      const classes = this.page.frames().map((frame) =>
        // It may go meanwhile.
        frame.evaluate(() => document.body?.className ?? '').catch(() => ''),
      );
      return (await Promise.all(classes)).every(
        (all) => !/\bvscode-(light|dark|high-contrast)\b/.test(all) || all.split(' ').includes(webviewClass),
      );
    });
  }

  /**
   * Waits until VS Code has written this into its state, where the window finds it when it is loaded again: state of
   * extensions, editors and webviews, which it writes with a delay.
   * @param {RegExp} pattern
   */
  async waitForState(pattern) {
    await this.until(`${pattern} in the state of VS Code`, async () =>
      (await this.page.evaluate(readState)).some((text) => pattern.test(text)),
    );
  }

  /** Keeps a picture of the window in test-results/screenshots. @returns {Promise<string>} the file */
  async screenshot(name) {
    const file = path.join(resultsFolder, 'screenshots', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    this.devTools ??= await this.page.context().newCDPSession(this.page);
    const { data } = await this.devTools.send('Page.captureScreenshot', { optimizeForSpeed: true });
    writeFileSync(file, data, 'base64');
    return file;
  }
}

const sameFile = (one, other) => one.replaceAll('\\', '/') === other.replaceAll('\\', '/');

export const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
export const exactly = (text) => new RegExp(`^\\s*${escape(text)}\\s*$`);
export const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
