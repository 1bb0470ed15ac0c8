// A window in the pseudo-locale. Wizards are driven by the English texts, and all text that appears is checked.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { channelFiles } from '../../host/outputChannels.mjs';
import { clearNotifications } from '../../host/storyWindows.mjs';
import { readHover, readQuickInput, watchedTexts, watchTexts } from './textReaders.mjs';
import { keyOf } from './pseudoKeys.mjs';
import { isText, like, t, untranslated } from './pseudoTexts.mjs';

export class PseudoStory {
  /** Untranslated texts since the last check. */
  #raw = new Set();
  #count = 0;
  /** Rows whose tooltip has been read. */
  #hovered = new Set();

  /** @param {import('../../host/workbenchDriver.mjs').Workbench} workbench */
  constructor(workbench) {
    this.workbench = workbench;
    this.page = workbench.page;
  }

  /** Starts reading all texts of the tree, menus, notifications, dialogs and the status bar. */
  async watch() {
    await this.page.evaluate(watchTexts, watchedTexts);
  }

  /** Records a text that is not translated. */
  check(place, text) {
    this.#count++;
    const rest = untranslated(text);
    if (rest) this.#raw.add(`${place}: "${rest}" of "${text}"`);
  }

  /** Fails with the untranslated texts since the last check. */
  async assertTranslated() {
    for (const { place, text } of await this.page.evaluate(() => globalThis.takeTexts()))
      this.check(place, text);
    const raw = [...this.#raw];
    const count = this.#count;
    this.#raw.clear();
    this.#count = 0;
    assert.deepEqual(raw, []);
    assert.ok(count > 0, 'No text was read.');
  }

  /** Runs a command by its English title with its keybinding, which is faster than the palette. */
  run(title) {
    return this.page.keyboard.press(keyOf(title));
  }

  /** Selects an item from the context menu of a row. @param {string | RegExp} row */
  async choose(row, title) {
    await this.#closeHover();
    return this.workbench.choose(row, t(title));
  }

  /**
   * Waits for a step of a wizard with this text in its title, placeholder or prompt, and reads all its texts.
   * @param {string} english
   * @param {object} [answer] how to continue
   * @param {string} [answer.invalid] entered first; its validation message is also read
   * @param {string} [answer.typed] typed without Enter; its validation message is also read
   * @param {string} [answer.text] text to enter
   * @param {string} [answer.pick] row to select, by its English label or description, or by data
   */
  async step(english, { typed, invalid, text, pick } = {}) {
    const wanted = like(english);
    let texts = [];
    const isThere = async () => {
      const before = texts;
      texts = await this.page.evaluate(readQuickInput);
      // Rows are rendered after the other texts.
      return texts.some((one) => wanted.test(one.text)) && isDeepStrictEqual(texts, before) && texts;
    };
    const found = await this.workbench.until(`the step "${english}"`, isThere).catch((error) => {
      throw new Error(`${error.message} It has: ${texts.map(({ text }) => text).join(', ')}`);
    });
    this.#checkStep(english, found);
    await this.#closeHover();
    if (typed !== undefined)
      await this.#readMessage(english, found, () => this.workbench.quickInput.fill(typed));
    if (invalid !== undefined) await this.#readMessage(english, found, () => this.workbench.answer(invalid));
    if (pick !== undefined)
      await this.workbench.pick(typeof pick === 'string' && isText(pick) ? like(pick) : pick);
    if (text !== undefined) await this.workbench.answer(text);
  }

  #checkStep(english, texts) {
    for (const { place, text } of texts) this.check(`${place} in the step "${english}"`, text);
  }

  async #readMessage(english, before, enter) {
    const message = (texts) => texts.find(({ place }) => place === 'prompt')?.text;
    await enter();
    const texts = await this.workbench.until(`a message in the step "${english}"`, async () => {
      const now = await this.page.evaluate(readQuickInput);
      return message(now) && message(now) !== message(before) && now;
    });
    this.#checkStep(english, texts);
  }

  /** Cancels the wizard. */
  async leave() {
    await this.workbench.cancel();
    await this.workbench.quickInput.waitFor({ state: 'hidden' });
  }

  /** Waits for a notification; its texts are read with all others. */
  toast(english) {
    return this.workbench.toast(like(english));
  }

  clearNotifications() {
    return clearNotifications(this.workbench);
  }

  /** Waits for a dialog, and cancels it. */
  async decline(english) {
    const box = this.page.locator('.monaco-dialog-box', { hasText: like(english) });
    await box.waitFor();
    await this.page.keyboard.press('Escape');
    await box.waitFor({ state: 'hidden' });
  }

  /** Waits for a dialog, and clicks this button. */
  async answerDialog(english, button) {
    await this.page.locator('.monaco-dialog-box', { hasText: like(english) }).waitFor();
    await this.workbench.answerDialog(t(button));
  }

  /** Clicks a button of a notification. */
  answerToast(english, button) {
    return this.workbench.answerToast(like(english), t(button));
  }

  /** Lines of the hub's monitors. @returns {string[]} */
  outputLines() {
    return channelFiles(this.workbench.server.logsFolder)
      .filter(({ name }) => like('IoT Hub: {0}').test(name.replace('⟦IoT Hub ⟧', '⟦IoT Hub: ⟧')))
      .flatMap(({ text }) => text.split('\n'))
      .filter(Boolean);
  }

  /** Waits for a line in the output channel; all its lines are checked at the end. */
  async output(english) {
    const wanted = like(english);
    await this.workbench.until(`"${english}" in the output channel`, () =>
      this.outputLines().some((line) => wanted.test(line)),
    );
  }

  /** Waits for a status bar item. @returns {Promise<string>} its text */
  inStatusBar(pattern) {
    return this.workbench.until(`${pattern} in the status bar`, async () =>
      (await this.workbench.statusBar()).find((text) => pattern.test(text)),
    );
  }

  /** Waits until the active editor contains this text, reads the document, and closes it. */
  async readEditor(pattern) {
    const lines = this.page.locator('.part.editor .editor-instance .view-line');
    const texts = await this.workbench.until(`${pattern} in the editor`, async () => {
      const now = (await lines.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' '));
      return now.some((line) => pattern.test(line)) && now;
    });
    const pem = texts.findIndex((line) => line.startsWith('-----BEGIN'));
    for (const text of texts.slice(0, pem < 0 ? undefined : pem)) this.check('document', text);
    await this.readTabs();
    await this.workbench.run('View: Close All Editors');
  }

  /** Waits for a temporary text in the status bar. */
  async statusMessage(english) {
    const item = this.workbench.statusItem(like(english));
    await item.waitFor();
    this.check('status bar', await item.innerText());
  }

  /** Opens and closes the context menu of a row; its items are read with all others. */
  async readMenu(row) {
    await this.#closeHover();
    await this.workbench.contextMenu(row);
    await this.#closeMenu();
  }

  /** Opens and closes the menu of the view; its items are read with all others. */
  async readViewMenu() {
    await this.page.locator('.part.sidebar .composite.title').hover();
    await this.page.locator('.part.sidebar .action-label[aria-label^="Views and More"]').click();
    await this.page.locator('.monaco-menu .action-label').first().waitFor();
    await this.#closeMenu();
  }

  async #closeMenu() {
    const menu = this.page.locator('.monaco-menu');
    // All items have been read one frame later.
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await this.page.keyboard.press('Escape');
    await menu.first().waitFor({ state: 'detached' });
  }

  /** Reads the titles of the open editors. */
  async readTabs() {
    const titles = await this.page
      .locator('.part.editor .tab .monaco-icon-label-container')
      .allTextContents();
    assert.ok(titles.length > 0);
    for (const title of titles) this.check('title of an editor', title);
  }

  async #closeHover() {
    // The title bar has no texts there.
    await this.page.mouse.move(1000, 10);
    await this.workbench.until('no tooltip', async () => (await this.page.evaluate(readHover)) === '');
  }

  /** Reads the code lenses of the editor. */
  async readLenses() {
    const lenses = this.page.locator('.codelens-decoration a');
    await lenses.first().waitFor();
    for (const text of await lenses.allInnerTexts()) this.check('code lens', text);
  }

  /** Reads the tooltips of all tree rows that look different from those already read. */
  async readTooltips() {
    const rows = this.workbench.view().locator('.monaco-list-row');
    const spoken = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));
    // A tooltip covers the rows below it.
    for (const name of spoken.reverse()) {
      if (this.#hovered.has(name)) continue;
      this.#hovered.add(name);
      const row = this.workbench
        .view()
        .locator(`.monaco-list-row[aria-label=${JSON.stringify(name)}]`)
        .first();
      const text = await this.workbench.until(`the tooltip of "${name}"`, () => this.#readTooltip(row));
      this.check('tooltip', text);
    }
    await this.#closeHover();
  }

  /** Returns nothing if the tree was redrawn meanwhile, which closes tooltips. */
  async #readTooltip(row) {
    await this.#closeHover();
    // The row has changed, for example because a hub has been created, so the tooltip can no longer be read.
    if ((await row.count()) === 0) return '–';
    await row
      .locator('.label-name')
      .hover({ timeout: 1_000 })
      .catch(() => undefined);
    const shown = () => this.page.evaluate(readHover);
    return this.workbench.until('a tooltip', shown, 1_000).catch(() => '');
  }

  async expand(row) {
    await this.#closeHover();
    await this.workbench.expand(row);
  }

  /** Collapses a row, so that rows below it are not mistaken for others with the same name. */
  async collapse(row) {
    await this.workbench.collapse(row);
  }
}
