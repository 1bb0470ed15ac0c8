// The parts of every VS Code window: palette, quick input, page. `workbenchDriver.mjs` has the rest.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder, takesPictures } from './paths.mjs';
import { sleep } from './processes.mjs';
import { leaveWindow, readState } from './windowState.mjs';

/** Default timeout, in ms. Detects what never happens: a busy machine takes several times as long as a quiet one. */
export const patience = 40_000;

/** Themes by common name, with the class that VS Code adds to the window, and to webviews. */
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
    /** For steps that the driver does not cover. */
    this.page = page;
    this.folder = folder;
    /** Console messages of the window, newest last. */
    this.console = [];
    page.setDefaultTimeout(patience);
    page.on('console', (message) => this.console.push(`[${message.type()}] ${message.text()}`));
  }

  /** Loads the window (again) and waits until VS Code has restored it. */
  async reload() {
    await this.page.goto(`${this.server.url}/?folder=${encodeURIComponent(this.folder)}`);
    await this.restored();
  }

  /** Reloads the window with the command, which first saves the state of open editors. */
  async reloadWindow() {
    const loaded = this.page.waitForEvent('load');
    await (await this.palette('Developer: Reload Window')).click();
    await loaded;
    await this.restored();
  }

  async restored() {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor();
    // The remote indicator gets its name when the extension host is ready.
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

  /** Waits until `probe` returns a truthy value, and returns it. */
  async until(what, probe, timeout = patience) {
    const end = Date.now() + timeout;
    // Most conditions are met immediately or soon.
    for (let pause = 10; ; pause = Math.min(2 * pause, 100)) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`);
      await sleep(pause);
    }
  }

  // --- Commands and quick input ------------------------------------------------------------------

  /**
   * Opens the palette and types the exact title of a command, `IoT Hub: Register Device…`. The palette closes when it loses
   * the focus; it is then opened again, as a user would.
   * @returns {Promise<import('playwright-core').Locator>} the command's row
   */
  async palette(title) {
    const row = this.quickRow(title, { exact: true });
    await this.until(`"${title}" in the palette`, async () => {
      if (!(await this.paletteText())) await this.page.keyboard.press('F1');
      const isOpen = () => this.until('the palette', () => this.paletteText(), 2_000);
      const typed = () => this.quickInput.fill(`>${title}`, { timeout: 2_000 });
      const listed = () => row.waitFor({ timeout: 3_000 });
      return succeeds(isOpen().then(typed).then(listed));
    });
    return row;
  }

  /** The text in the palette, with its `>`; empty if another input is open, or none. */
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
      return succeeds(
        byKeys ? this.accept(title, { exact: true, timeout: 2_000 }) : row.click({ timeout: 2_000 }),
      );
    });
    // The palette closes or becomes the command's own quick input; wait, so that no answer goes to its old rows.
    await this.until(`the palette to run "${title}"`, async () => !(await this.paletteText()));
  }

  /** The input of the palette, quick picks, input boxes and the file dialog, which are one widget. */
  get quickInput() {
    return this.page.locator('.quick-input-widget:visible input.input').first();
  }

  quickRow(text, { exact = false, isActive = false } = {}) {
    const row = isActive ? '.monaco-list-row.focused' : '.monaco-list-row';
    const rows = this.page.locator(`.quick-input-widget:visible ${row}:visible`);
    const label = this.page.locator('.label-name', { hasText: exact ? exactly(text) : text });
    return rows.filter(exact ? { has: label } : { hasText: text }).first();
  }

  /** Presses Enter when this row is the active one. Until VS Code has filtered the list, it is the first of all rows. */
  async accept(text, { exact = false, timeout = patience } = {}) {
    const active = this.quickRow(text, { exact, isActive: true });
    await active.waitFor({ timeout });
    await this.quickInput.press('Enter', { timeout });
  }

  /** Types an answer into an input box (or a path into the file dialog) and presses Enter. */
  async answer(text) {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  /** Types a path into VS Code's simple file dialog, which checks the folder before it accepts Enter. */
  async answerFile(file) {
    // It looks like the previous quick input; only its value starts with a path.
    const path = async () => {
      const value =
        (await this.quickInput.count()) > 0 && (await this.quickInput.inputValue({ timeout: 1_000 }));
      return value && /^([/~]|[a-z]:\\)/i.test(value) ? value : '';
    };
    const now = () => path().catch(() => '');
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    // Together with its rows it fills in the suggested path, over any text typed before.
    await this.until('the file dialog', async () => (await now()) && (await rows.count()) > 0);
    await this.until(`the file dialog to take ${file}`, async () => {
      const value = await now();
      if (!value) return true;
      if (!sameFile(value, file)) {
        await this.quickInput.fill(file);
        return false;
      }
      // It ignores Enter while it checks the folder.
      await this.quickInput.press('Enter', { timeout: 1_000 }).catch(() => undefined);
      const isGone = async () => !(await now());
      return this.until('the file dialog to close', isGone, 500).catch(() => false);
    });
  }

  /**
   * Selects the first row of a quick pick that contains this text.
   * @param {{ exact?: boolean, filter?: string }} [options] `exact`: the text is the whole label; `filter`: typed first
   */
  async pick(text, { exact, filter } = {}) {
    await this.quickInput.waitFor();
    if (filter !== undefined) await this.quickInput.fill(filter);
    await this.clickRow(() => this.quickRow(text, { exact }));
  }

  /** A row may be replaced while it is clicked, and the old one stays hidden in the page; find it again. */
  async clickRow(row) {
    await this.until('the row to be clicked', () => succeeds(row().click({ timeout: 2_000 })));
  }

  /** Label and description of the visible rows of the open quick pick. @returns {Promise<string[]>} */
  async picks() {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    await rows.first().waitFor();
    const texts = rows.evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('.label-name, .label-description, .quick-input-list-label-meta')]
          // A reused row with a single line keeps the hidden detail of the previous one.
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

  /** Texts of the open quick input: title, placeholder, and prompt or validation message. */
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

  /** Closes the open quick input with Escape. */
  async cancel() {
    await this.quickInput.waitFor();
    await this.quickInput.press('Escape');
  }

  async press(keys) {
    await this.focusPrompt();
    await this.page.keyboard.press(keys);
  }

  /**
   * Focuses an open prompt if a page has the focus. VS Code returns the focus to a page when it closes the palette, but
   * Chromium moves it between processes: on a busy machine only after the prompt of the command is shown.
   */
  focusPrompt() {
    return this.page.evaluate(() => {
      const prompt = document.querySelector('.quick-input-widget input.input');
      if (document.activeElement?.tagName === 'IFRAME' && prompt?.checkVisibility()) prompt.focus();
    });
  }

  // --- Other -------------------------------------------------------------------------------------

  /** The text on the clipboard. */
  clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** The frame of an extension's webview (`publisher.name`), to find elements in. */
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
        // It may close meanwhile.
        frame.evaluate(() => document.body?.className ?? '').catch(() => ''),
      );
      return (await Promise.all(classes)).every(
        (all) => !/\bvscode-(light|dark|high-contrast)\b/.test(all) || all.split(' ').includes(webviewClass),
      );
    });
  }

  /**
   * Waits until VS Code has saved matching text in its state, which it restores after a reload: state of extensions,
   * editors and webviews. VS Code saves every five seconds, and when its window loses the focus.
   * @param {RegExp} pattern
   */
  async waitForState(pattern) {
    await this.until(`${pattern} in the state of VS Code`, async () => {
      await this.page.evaluate(leaveWindow);
      return (await this.page.evaluate(readState)).some((text) => pattern.test(text));
    });
  }

  /** Saves a screenshot of a step in test-results/screenshots, with the option `--pictures`. */
  async screenshot(name) {
    if (takesPictures()) await this.capture(name);
  }

  /** Saves a screenshot of the window in test-results/screenshots. @returns {Promise<string>} the file */
  async capture(name) {
    const file = path.join(resultsFolder, 'screenshots', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    this.devTools ??= await this.page.context().newCDPSession(this.page);
    const { data } = await this.devTools.send('Page.captureScreenshot', { optimizeForSpeed: true });
    writeFileSync(file, data, 'base64');
    return file;
  }
}

/** Whether it succeeds, for a step that is repeated until it does. @param {Promise<unknown>} work */
export const succeeds = (work) =>
  work.then(
    () => true,
    () => false,
  );

const sameFile = (one, other) => one.replaceAll('\\', '/') === other.replaceAll('\\', '/');

export const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
export const exactly = (text) => new RegExp(`^\\s*${escape(text)}\\s*$`);
export const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
