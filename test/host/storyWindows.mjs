// Windows for stories. All stories of a process share one browser, and one VS Code server per set of extensions, which
// more than halves the time to open a window; each window still starts as in a new installation.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach } from 'node:test';
import { openBrowser } from './browser.mjs';
import { pseudoLanguage } from './pseudoLocale.mjs';
import { resultsFolder } from './paths.mjs';
import { isProfiling, measured, profiled, profileText } from './stepProfile.mjs';
import { startServer, temporaryFolder } from './vscodeServer.mjs';
import { Workbench } from './workbenchDriver.mjs';

/** A time zone in which tests fail if they confuse local time with UTC. */
const env = { TZ: 'Asia/Kathmandu' };
/**
 * Built-in extensions that stories need. All ninety, and a second extension host for those that run in the browser,
 * account for a third of the time to open a window. The in-host tests use all of them.
 */
const builtIn = [
  'configuration-editing',
  'json',
  'json-language-features',
  'log',
  'markdown-basics',
  'microsoft-authentication',
  'theme-defaults',
  'theme-seti',
];
const storySettings = { 'extensions.webWorker': false };
/** A shortcut instead of the palette, for steps that are not under test. */
const keys = { clearNotifications: 'Control+Alt+Shift+F9' };
const keybindings = [
  {
    key: keys.clearNotifications.toLowerCase().replace('control', 'ctrl'),
    command: 'notifications.clearAll',
  },
];

/** Open windows, with their label and the number of completed tests. */
const open = new Map();
/** Servers without a window, by the options that they were started with. */
const servers = new Map();
let browser;
/** After a failure, no server or browser is used again. */
let isSuspect = false;

afterEach(async (test) => {
  for (const state of open.values()) state.tests++;
  if (!test.passed) await keepPictures(test.name);
});

/** Saves screenshots and console output of the open windows after a failure. */
async function keepPictures(title) {
  isSuspect = true;
  const name = `failed-${title.replace(/[^\w.-]+/g, '-').slice(0, 80)}`;
  for (const window of open.keys()) {
    await window
      .screenshot(name)
      .catch((error) => console.log(`No screenshot of "${title}": ${error.message}`));
    mkdirSync(path.join(resultsFolder, 'logs'), { recursive: true });
    writeFileSync(path.join(resultsFolder, 'logs', `${name}.console.log`), window.console.join('\n'));
  }
}

/**
 * Opens a window of VS Code with the extension: state, secrets, settings, logs, clipboard and workspace are those of a
 * new installation.
 * @param {object} [options] of `startServer`: `label`, `settings`; `vsix`, `withoutBuiltIn` and `language` choose the
 *   server
 * @param {string} [options.folder] folder to open; an empty one by default
 * @param {object[]} [options.keybindings] user keybindings
 * @returns {Promise<Workbench>} call `close()` at the end, even if the test failed
 */
export async function openStory(options = {}) {
  return measured('openStory', () => openNew(options), options.label);
}

async function openNew({
  vsix,
  withoutBuiltIn = [],
  language,
  folder,
  label,
  settings,
  keybindings: more = [],
}) {
  // A story whose setup failed has not closed its window.
  await closeWindows();
  if (isSuspect) await endServers();
  const isPseudo = language === pseudoLanguage;
  const kind = JSON.stringify({ vsix, withoutBuiltIn, isPseudo });
  const onlyBuiltIn = builtIn.filter((name) => !withoutBuiltIn.includes(name));
  const server = servers.get(kind) ?? (await startServer({ label, vsix, onlyBuiltIn, env, isPseudo }));
  servers.delete(kind);
  browser ??= await openStoryBrowser();
  try {
    await server.renew({
      label,
      settings: { ...storySettings, ...settings },
      keybindings: [...keybindings, ...more],
    });
    const page = await newPage(server);
    // The extension gets its texts in the language of the window; VS Code itself stays English.
    if (language) await page.addInitScript((tag) => (globalThis._VSCODE_NLS_LANGUAGE = tag), language);
    const workbench = new Workbench(
      { ...server, stop: () => undefined },
      { context: browser.context, close: () => closeWindow(workbench, () => servers.set(kind, server)) },
      page,
      folder ?? server.workspace,
    );
    open.set(workbench, { label, tests: 0 });
    await workbench.reload();
    await page.evaluate(() => navigator.clipboard.writeText(''));
    return profiled(workbench);
  } catch (error) {
    isSuspect = true;
    await closeWindows();
    servers.set(kind, server);
    throw error;
  }
}

/** Clears all notifications. */
export async function clearNotifications(workbench) {
  await workbench.until('the notifications to go', async () => {
    await workbench.press(keys.clearNotifications);
    return (await workbench.toasts()).length === 0;
  });
}

/** With a profile on disk, the browser caches what it loads, including the large workbench script. */
async function openStoryBrowser() {
  const profile = temporaryFolder('browser');
  const { context, close } = await openBrowser({ profile: profile.folder });
  return { context, close: () => close().then(profile.remove) };
}

/** A browser page without state of other windows of this server; the cache is kept. */
async function newPage(server) {
  const page = await browser.context.newPage();
  const session = await browser.context.newCDPSession(page);
  const storageTypes = 'cookies,file_systems,indexeddb,local_storage,websql,cache_storage';
  await session.send('Storage.clearDataForOrigin', { origin: server.url, storageTypes });
  await session.detach();
  return page;
}

async function closeWindow(workbench, release) {
  const state = open.get(workbench);
  if (!state) return;
  // Its hooks failed, and no test reported it.
  if (state.tests === 0) await keepPictures(`before-${state.label}`);
  open.delete(workbench);
  release();
  // The browser ends when its last page closes.
  for (const page of browser.context.pages()) if (page.url() !== 'about:blank') await page.close();
}

async function closeWindows() {
  for (const window of [...open.keys()]) await window.close();
}

/** Ends everything that stories share. */
export async function closeStories() {
  if (isProfiling) console.log(profileText());
  await closeWindows();
  await endServers();
}

/** Ends the servers and the browser; the next story starts new ones. */
async function endServers() {
  isSuspect = false;
  const all = [...servers.values()];
  servers.clear();
  const closed = browser;
  browser = undefined;
  await closed?.close();
  for (const server of all) await server.stop();
}
