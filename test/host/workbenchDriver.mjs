// Drives a real VS Code window as a person does: keys, clicks, and what stands on the screen.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from './browser.mjs';
import { resultsFolder } from './paths.mjs';
import { sleep } from './processes.mjs';
import { startServer } from './vscodeServer.mjs';

/** How long a person would wait before saying that it does not work. */
const patience = 20_000;

/** Themes by the names people know them by, with the class VS Code puts on the window. */
const themes = {
  light: ['Light Modern', 'vs'],
  dark: ['Dark Modern', 'vs-dark'],
  'high contrast': ['Dark High Contrast', 'hc-black'],
};

/**
 * Starts VS Code with the extension and opens its window.
 * @param {object} [options] those of `startServer`, and:
 * @param {string} [options.folder] the folder to open; an empty one otherwise
 * @param {string} [options.profile] a folder for what the browser keeps; needed only to test a restart
 * @returns {Promise<Workbench>} call `close()` at the end, also when the test failed
 */
export async function openWorkbench(options = {}) {
  const server = await startServer(options);
  let browser;
  try {
    browser = await openBrowser({ profile: options.profile });
    const page = await browser.context.newPage();
    const workbench = new Workbench(server, browser, page, options.folder ?? server.workspace);
    await workbench.reload();
    return workbench;
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

export class Workbench {
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
    for (const end = Date.now() + timeout; ; await sleep(100)) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`);
    }
  }

  // --- Commands and quick input ------------------------------------------------------------------

  /** Runs a command by its exact title in the palette, `IoT Hub: Register Device…`. */
  async run(title) {
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`>${title}`);
    const row = this.quickRow(title, { exact: true });
    await row.waitFor();
    await row.click();
  }

  /** The field of the palette, quick picks, input boxes and the file dialog: it is one widget. */
  get quickInput() {
    return this.page.locator('.quick-input-widget:visible input.input').first();
  }

  quickRow(text, { exact = false } = {}) {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    const label = this.page.locator('.label-name', { hasText: exact ? exactly(text) : text });
    return rows.filter(exact ? { has: label } : { hasText: text }).first();
  }

  /** Types an answer into an input box (or a path into the file dialog) and presses Enter. */
  async answer(text) {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  /** Chooses the first row that holds this text in a quick pick. @param {{ filter?: string }} [options] typed first */
  async pick(text, { filter } = {}) {
    await this.quickInput.waitFor();
    if (filter !== undefined) await this.quickInput.fill(filter);
    await this.quickRow(text).click();
  }

  /** The rows of the open quick pick that are on the screen: label and description. @returns {Promise<string[]>} */
  async picks() {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    await rows.first().waitFor();
    const texts = rows.evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('.label-name, .label-description, .quick-input-list-label-meta')]
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

  // --- Views and trees ---------------------------------------------------------------------------

  /** Opens a view container by its icon in the activity bar; does nothing when it is open. */
  async openContainer(title) {
    const icon = this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`.action-label[aria-label^="${title}"]`),
    });
    await icon.first().waitFor();
    // Clicking the active icon would close the side bar.
    if (!/\bchecked\b/.test((await icon.first().getAttribute('class')) ?? '')) await icon.first().click();
    await this.page
      .locator('.part.sidebar .composite.title', { hasText: new RegExp(escape(title), 'i') })
      .waitFor();
  }

  /** The titles in the activity bar. @returns {Promise<string[]>} */
  async containers() {
    const labels = this.page.locator('.activitybar .action-item .action-label');
    return (await labels.evaluateAll((all) => all.map((label) => label.getAttribute('aria-label')))).filter(
      Boolean,
    );
  }

  /** A view by the title in its header; with no title, the side bar's only view. */
  view(title) {
    if (!title) return this.page.locator('.part.sidebar .split-view-view .pane').first();
    const header = this.page.locator('.pane-header', { hasText: new RegExp(`^\\s*${escape(title)}`, 'i') });
    return this.page.locator('.part.sidebar .split-view-view .pane').filter({ has: header });
  }

  /** Texts of the rows of a tree that are on the screen (VS Code draws no others). @returns {Promise<string[]>} */
  async rows(view) {
    const rows = this.view(view).locator('.monaco-list-row .monaco-icon-label');
    const texts = rows.evaluateAll((all) =>
      all.map((row) =>
        ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent ?? ''),
      ),
    );
    return (await texts).map((parts) => oneLine(parts.join(' ')));
  }

  /** The first row of a tree whose text holds `text`; a RegExp is matched against label and description. */
  row(text, view) {
    return this.view(view).locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  /** Waits for a row and opens it when it is closed. */
  async expand(text, view) {
    const row = this.row(text, view);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false')
      await row.locator('.monaco-tl-twistie').click();
    await this.until(`"${text}" to open`, async () => (await row.getAttribute('aria-expanded')) === 'true');
    await row.locator('.monaco-tl-twistie:not(.codicon-tree-item-loading)').waitFor();
  }

  /** What a screen reader says of a row. */
  async accessibleName(text, view) {
    return (await this.row(text, view).getAttribute('aria-label')) ?? '';
  }

  /** Opens the context menu of a row (or of any locator). @returns {Promise<string[]>} its items */
  async contextMenu(target, view) {
    const row = typeof target === 'string' || target instanceof RegExp ? this.row(target, view) : target;
    await row.waitFor();
    await row.click({ button: 'right' });
    const labels = this.page.locator('.context-view .monaco-menu .action-label:not(.separator)');
    await labels.first().waitFor();
    // VS Code ignores a click within 200 ms of opening, and the menu then swallows all others.
    await sleep(250);
    return (await labels.allInnerTexts()).map(oneLine).filter(Boolean);
  }

  /**
   * Chooses from the context menu of a row.
   * @param {string | RegExp | import('playwright-core').Locator} target
   * @param {string | string[]} item its exact title; several for submenus
   * @returns {Promise<string[]>} the items of the menu
   */
  async choose(target, item, view) {
    const items = await this.contextMenu(target, view);
    await this.clickMenu(item);
    return items;
  }

  /** Clicks items of the menu that is open. */
  async clickMenu(item) {
    for (const title of [item].flat()) {
      const label = this.page.locator('.monaco-menu .action-label', { hasText: exactly(title) }).last();
      await label.waitFor();
      await label.click();
      await sleep(250);
    }
  }

  /** Clicks an action that appears in a row under the mouse, by its title. */
  async inlineAction(text, title, view) {
    const row = this.row(text, view);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Clicks an action in the header of a view, or of the side bar when it has one view, by its title. */
  async viewAction(title) {
    await this.page.locator('.part.sidebar .composite.title').hover();
    await this.page
      .locator(`.part.sidebar .actions-container .action-label[aria-label^="${title}"]`)
      .first()
      .click();
  }

  /** The text of a view's welcome. */
  async welcomeText(view) {
    const content = this.view(view).locator('.welcome-view-content');
    await content.waitFor();
    return oneLine(await content.innerText());
  }

  /** Clicks a button (or link) of a view's welcome. */
  async welcomeButton(text, view) {
    await this.view(view)
      .locator('.welcome-view-content')
      .locator('.monaco-button, a', { hasText: text })
      .first()
      .click();
  }

  // --- Messages ----------------------------------------------------------------------------------

  /** The modal dialog: its words and its buttons. */
  async dialog() {
    const box = this.page.locator('.monaco-dialog-box');
    await box.waitFor();
    return {
      text: oneLine(await box.locator('.dialog-message-container').innerText()),
      buttons: (await box.locator('.dialog-buttons .monaco-button').allInnerTexts())
        .map(oneLine)
        .filter(Boolean),
    };
  }

  /** Answers the modal dialog with one of its buttons. */
  async answerDialog(button) {
    const box = this.page.locator('.monaco-dialog-box');
    await box.locator('.monaco-button', { hasText: exactly(button) }).click();
    await box.waitFor({ state: 'hidden' });
  }

  /** Waits for a notification that holds this text. @returns {Promise<string>} all of its text */
  async toast(text) {
    const found = this.toastBox(text);
    await found.waitFor();
    return oneLine(await found.locator('.notification-list-item-message').innerText());
  }

  /** Notifications on the screen. @returns {Promise<string[]>} */
  async toasts() {
    return (
      await this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts()
    ).map(oneLine);
  }

  /** Clicks a button of a notification. */
  async answerToast(text, button) {
    await this.toastBox(text)
      .locator('.monaco-button', { hasText: exactly(button) })
      .click();
  }

  toastBox(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  /** Texts of the status bar. @returns {Promise<string[]>} */
  async statusBar() {
    return (await this.page.locator('.part.statusbar .statusbar-item:visible').allInnerTexts())
      .map(oneLine)
      .filter(Boolean);
  }

  statusItem(text) {
    return this.page.locator('.part.statusbar .statusbar-item:visible', { hasText: text }).first();
  }

  // --- Output ------------------------------------------------------------------------------------

  /** All that was written to an output channel, also when it is not shown: VS Code keeps it in a file. */
  outputText(channel) {
    return channelText(this.server.logsFolder, channel);
  }

  /** Waits until an output channel holds this. @returns {Promise<string>} all of its text */
  waitForOutput(channel, pattern, timeout = patience) {
    const found = (text) => (pattern instanceof RegExp ? pattern.test(text) : text.includes(pattern));
    return this.until(
      `${pattern} in the output channel "${channel}"`,
      () => {
        const text = this.outputText(channel);
        return found(text) && text;
      },
      timeout,
    ).catch((error) => {
      throw new Error(`${error.message} It holds:\n${this.outputText(channel).slice(-2000) || '(nothing)'}`);
    });
  }

  /** The lines of the output panel that are on the screen. */
  async visibleOutput() {
    const lines = this.page.locator('.part.panel .view-line');
    await lines.first().waitFor();
    return (await lines.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' ')).join('\n');
  }

  /** The name of the output channel that the panel shows. */
  async shownChannel() {
    const select = this.page.locator('.part.panel .monaco-select-box').first();
    await select.waitFor();
    return select.evaluate((box) => box.options[box.selectedIndex]?.text ?? '');
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

  /** Changes user settings and reloads: VS Code's watch on settings.json is not to be relied on here. */
  async configure(settings) {
    this.server.configure(settings);
    await this.reload();
  }

  /** @param {'light' | 'dark' | 'high contrast'} name */
  async theme(name) {
    const [theme, className] = themes[name];
    await this.run('Preferences: Color Theme');
    await this.answer(theme);
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
    await sleep(300);
  }

  /** Keeps a picture of the window in test-results/screenshots. @returns {Promise<string>} the file */
  async screenshot(name) {
    const file = path.join(resultsFolder, 'screenshots', `${name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }
}

/** The text of an output channel from VS Code's log files, over all windows of this server. */
export function channelText(logsFolder, channel) {
  // VS Code takes out of the name what a file name may not have, and numbers plain channels.
  const name = channel.replace(/[\\/:*?"<>|]/g, '');
  const pattern = new RegExp(`(^|[\\\\/])(\\d+-)?${escape(name)}(\\.\\d+)?\\.log$`);
  let files;
  try {
    files = readdirSync(logsFolder, { recursive: true }).filter((file) => pattern.test(file));
  } catch {
    return '';
  }
  return files
    .map((file) => path.join(logsFolder, file))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const exactly = (text) => new RegExp(`^\\s*${escape(text)}\\s*$`);
const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
