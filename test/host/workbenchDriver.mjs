// Drives a real VS Code window as a user does: keys, clicks, and the text on the screen.
import { openBrowser } from './browser.mjs';
import { channelFiles, channelText } from './outputChannels.mjs';
import { startServer } from './vscodeServer.mjs';
import { escape, exactly, oneLine, patience, succeeds, WorkbenchWindow } from './workbenchWindow.mjs';

/**
 * Starts VS Code with the extension and opens its window.
 * @param {object} [options] those of `startServer`, and:
 * @param {string} [options.folder] folder to open; an empty one by default
 * @param {string} [options.profile] folder for browser data; only needed to test a restart
 * @returns {Promise<Workbench>} call `close()` at the end, even if the test failed
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

/** A VS Code window: views, messages and output. `WorkbenchWindow` has the palette and the quick input. */
export class Workbench extends WorkbenchWindow {
  // --- Views and trees ---------------------------------------------------------------------------

  /** Opens a view container by its icon in the activity bar, unless it is open. */
  async openContainer(title) {
    const icon = this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`.action-label[aria-label^="${title}"]`),
    });
    await icon.first().waitFor();
    const header = this.page.locator('.part.sidebar .composite.title', {
      hasText: new RegExp(escape(title), 'i'),
    });
    // Clicking the active icon would close the side bar; a container that is being restored may have been closed.
    const isChecked = async () => /\bchecked\b/.test((await icon.first().getAttribute('class')) ?? '');
    await this.until(`the view of ${title}`, async () => {
      if (!(await isChecked())) await icon.first().click();
      return succeeds(header.waitFor({ timeout: 1_000 }));
    });
  }

  /** The titles in the activity bar. @returns {Promise<string[]>} */
  async containers() {
    const labels = this.page.locator('.activitybar .action-item .action-label');
    return (await labels.evaluateAll((all) => all.map((label) => label.getAttribute('aria-label')))).filter(
      Boolean,
    );
  }

  /** A view by the title in its header; without a title, the only view of the side bar. */
  view(title) {
    if (!title) return this.page.locator('.part.sidebar .split-view-view .pane').first();
    const header = this.page.locator('.pane-header', { hasText: new RegExp(`^\\s*${escape(title)}`, 'i') });
    return this.page.locator('.part.sidebar .split-view-view .pane').filter({ has: header });
  }

  /** Texts of the visible rows of a tree (VS Code does not render the others). @returns {Promise<string[]>} */
  async rows(view) {
    const rows = this.view(view).locator('.monaco-list-row .monaco-icon-label');
    const texts = rows.evaluateAll((all) =>
      all.map((row) =>
        ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent ?? ''),
      ),
    );
    return (await texts).map((parts) => oneLine(parts.join(' ')));
  }

  /** The first row of a tree that contains `text`; a RegExp is matched against label and description. */
  row(text, view) {
    return this.view(view).locator('.monaco-list-row').filter({ hasText: text }).first();
  }

  /** The selected row of the tree, if it contains `text`. */
  selectedRow(text) {
    return this.view().locator('.monaco-list-row.selected').filter({ hasText: text });
  }

  /** Waits for a row (its text, or a locator) and expands it if it is collapsed. */
  async expand(target, view) {
    // A tree that is redrawn while it loads the children collapses the row again: they have to be shown.
    await this.until(`the children of "${target}"`, async () => {
      const row = await this.toggle(target, true, view);
      await row.locator('.monaco-tl-twistie:not(.codicon-tree-item-loading)').waitFor();
      return this.until('the first child', () => row.evaluate(showsChildren), 2_000).catch(() => false);
    });
  }

  /** Waits for a row (its text, or a locator) and collapses it if it is expanded. */
  async collapse(target, view) {
    await this.toggle(target, false, view);
  }

  async toggle(target, isExpanded, view) {
    const isText = typeof target === 'string' || target instanceof RegExp;
    const row = isText ? this.row(target, view) : target;
    await row.waitFor();
    const isDone = async () => (await row.getAttribute('aria-expanded')) === String(isExpanded);
    // A tree that is being redrawn ignores the click.
    await this.until(`"${target}" to be ${isExpanded ? 'expanded' : 'collapsed'}`, async () => {
      if (await isDone()) return true;
      await row.locator('.monaco-tl-twistie').click();
      return this.until('the row to change', isDone, 1_000).catch(() => false);
    });
    return row;
  }

  /** The accessible name of a row. */
  async accessibleName(text, view) {
    return (await this.row(text, view).getAttribute('aria-label')) ?? '';
  }

  /** Opens the context menu of a row (or of any locator). @returns {Promise<string[]>} its items */
  contextMenu(target, view) {
    return this.withMenu(`the menu of ${target}`, target, view, (items) => items);
  }

  /**
   * Selects an item from the context menu of a row.
   * @param {string | RegExp | import('playwright-core').Locator} target
   * @param {string} item its exact title
   * @returns {Promise<string[]>} the items of the menu
   */
  choose(target, item, view) {
    return this.withMenu(`"${item}" in the menu of ${target}`, target, view, async (items) => {
      await this.clickMenu(item, 2_000);
      return items;
    });
  }

  /** Opens the context menu of a row, until `use` succeeds with its items. */
  async withMenu(what, target, view, use) {
    const row = typeof target === 'string' || target instanceof RegExp ? this.row(target, view) : target;
    await row.waitFor();
    let all = [];
    // A menu closes when the tree gets the focus or shows another row under the mouse; a user opens it again.
    return this.until(what, async () => {
      try {
        all = await this.openMenu(row, 4_000);
        return await use(all);
      } catch {
        return this.page.keyboard.press('Escape');
      }
    }).catch((error) => {
      throw new Error(`${error.message} It has: ${all.join(', ')}.`);
    });
  }

  /** Every wait has a limit, because the menu may close at any time. */
  async openMenu(row, timeout) {
    await row.click({ button: 'right', timeout });
    const labels = this.page.locator('.context-view .monaco-menu .action-label:not(.separator)');
    await labels.first().waitFor({ timeout });
    const items = (await labels.allInnerTexts()).map(oneLine).filter(Boolean);
    if (items.length === 0) throw new Error('The menu was closed.');
    return items;
  }

  /** Clicks an item of the open menu, which then closes. */
  async clickMenu(title, timeout = patience) {
    const label = this.page.locator('.monaco-menu .action-label', { hasText: exactly(title) }).last();
    // For its first 100 ms a menu ignores the mouse, with a timer in the page; a timer set now fires after it.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 120));
    await label.evaluate(pause, undefined, { timeout });
    await label.click({ timeout });
    await label.waitFor({ state: 'hidden', timeout });
  }

  /** Clicks an inline action, which appears when the mouse is over the row, by its title. */
  async inlineAction(text, title, view) {
    const row = this.row(text, view);
    await row.waitFor();
    // A row that is inserted above moves it away from the mouse.
    const action = row.locator(`.action-label[aria-label^="${title}"]`);
    await this.until(`"${title}" of ${text}`, () =>
      succeeds(row.hover({ timeout: 2_000 }).then(() => action.click({ timeout: 2_000 }))),
    );
  }

  /** Clicks an action in the header of a view, or of the side bar if it has a single view, by its title. */
  async viewAction(title) {
    await this.page.locator('.part.sidebar .composite.title').hover();
    await this.page
      .locator(`.part.sidebar .actions-container .action-label[aria-label^="${title}"]`)
      .first()
      .click();
  }

  /** The text of a welcome view. */
  async welcomeText(view) {
    const content = this.view(view).locator('.welcome-view-content');
    await content.waitFor();
    return oneLine(await content.innerText());
  }

  /** Clicks a button or link of a welcome view. */
  async welcomeButton(text, view) {
    await this.view(view)
      .locator('.welcome-view-content')
      .locator('.monaco-button, a', { hasText: text })
      .first()
      .click();
  }

  // --- Messages ----------------------------------------------------------------------------------

  /** The modal dialog: its text and buttons. */
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

  /** Clicks a button of the modal dialog. */
  async answerDialog(button) {
    const found = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: exactly(button) });
    const answered = await found.elementHandle();
    await answered.click();
    // The next dialog may open immediately.
    await answered.waitForElementState('hidden');
  }

  /** Waits for a notification that contains this text. @returns {Promise<string>} its full text */
  async toast(text) {
    const found = this.toastBox(text);
    await found.waitFor();
    return oneLine(await found.locator('.notification-list-item-message').innerText());
  }

  /** Visible notifications. @returns {Promise<string[]>} */
  async toasts() {
    return (
      await this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts()
    ).map(oneLine);
  }

  /** Clicks a button of a notification, which closes it. */
  async answerToast(text, button) {
    const box = await this.toastBox(text).elementHandle();
    const found = this.toastBox(text).locator('.monaco-button', { hasText: exactly(button) });
    const closed = () => box.waitForElementState('hidden', { timeout: 2_000 });
    // Notifications that come or go move it, and a button that moves while it is pressed is not clicked.
    await this.until(`"${button}" of the notification "${text}"`, () =>
      succeeds(found.click({ timeout: 2_000 }).then(closed)),
    );
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

  /** All text written to an output channel, even if it is not shown: VS Code keeps it in a file. */
  outputText(channel) {
    return channelText(this.server.logsFolder, channel, this.earlierOutput);
  }

  /** Leaves out what has been written until now, for a story that continues in the window of another. */
  forgetOutput() {
    const files = channelFiles(this.server.logsFolder);
    this.earlierOutput = new Map(files.map(({ file, text }) => [file, text.length]));
  }

  /** Waits until an output channel contains the pattern. @returns {Promise<string>} its full text */
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
      throw new Error(`${error.message} Its text:\n${this.outputText(channel).slice(-2000) || '(nothing)'}`);
    });
  }

  /** The visible lines of the output panel. */
  async visibleOutput() {
    const lines = this.page.locator('.part.panel .view-line');
    await lines.first().waitFor();
    return (await lines.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' ')).join('\n');
  }

  /** The name of the output channel shown in the panel. */
  async shownChannel() {
    const select = this.page.locator('.part.panel .monaco-select-box').first();
    await select.waitFor();
    return select.evaluate((box) => box.options[box.selectedIndex]?.text ?? '');
  }
}

/** Whether the row of a tree is followed by a child, or by nothing that is drawn. @param {Element} row */
function showsChildren(row) {
  const next = row.parentElement.querySelector(`[data-index="${Number(row.dataset.index) + 1}"]`);
  const level = (at) => Number(at.getAttribute('aria-level'));
  return row.getAttribute('aria-expanded') === 'true' && (!next || level(next) > level(row));
}
