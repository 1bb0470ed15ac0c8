// Windows for stories. All stories of a process share one browser and one VS Code server, which more than halves the
// time to open a window; each window still starts as in a new installation.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach } from 'node:test';
import { openBrowser } from './browser.mjs';
import { resultsFolder, root } from './paths.mjs';
import { isProfiling, measured, profiled, profileText } from './stepProfile.mjs';
import { startServer, temporaryFolder } from './vscodeServer.mjs';
import { windowSummary } from './windowSummary.mjs';
import { Workbench } from './workbenchDriver.mjs';

/** A time zone in which tests fail if they confuse local time with UTC. */
const env = { TZ: 'Asia/Kathmandu' };
/**
 * Built-in extensions that stories need. All ninety, and a second extension host for those that run in the browser,
 * account for a third of the time to open a window. The in-host tests use all of them. The extension for Microsoft
 * accounts is left out, because it registers the same provider for a custom cloud as the one of the stories.
 */
const builtIn = [
  'configuration-editing',
  'json',
  'json-language-features',
  'log',
  'markdown-basics',
  'theme-defaults',
  'theme-seti',
  // Signs in to a local hub that serves as the cloud.
  path.join(root, 'test/host/accountExtension'),
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
let server;
let browser;
/** After a failure, neither server nor browser is used again. */
let isSuspect = false;

afterEach(async (test) => {
  for (const state of open.values()) state.tests++;
  if (!test.passed) await keepPictures(test.name);
});

/** Saves screenshots and console output of the open windows after a failure, and prints what they show. */
async function keepPictures(title) {
  isSuspect = true;
  const name = `failed-${title.replace(/[^\w.-]+/g, '-').slice(0, 80)}`;
  for (const window of open.keys()) {
    await window.capture(name).catch((error) => console.log(`No screenshot of "${title}": ${error.message}`));
    console.log(`    The window when "${title}" failed:\n${await windowSummary(window).catch(String)}`);
    mkdirSync(path.join(resultsFolder, 'logs'), { recursive: true });
    writeFileSync(path.join(resultsFolder, 'logs', `${name}.console.log`), window.console.join('\n'));
  }
}

/**
 * Opens a window of VS Code with the extension: state, secrets, settings, logs, clipboard and workspace are those of a
 * new installation.
 * @param {object} [options]
 * @param {string} [options.label] names its logs in the results
 * @param {object} [options.settings] user settings, in addition to the quiet ones
 * @param {string} [options.language] display language of the extension
 * @param {string} [options.folder] folder to open; an empty one by default
 * @param {object[]} [options.keybindings] user keybindings
 * @returns {Promise<Workbench>} call `close()` at the end, even if the test failed
 */
export async function openStory(options = {}) {
  return measured('openStory', () => openNew(options), options.label);
}

async function openNew({ language, folder, label, settings, keybindings: more = [] }) {
  // A story whose setup failed has not closed its window.
  await closeWindows();
  if (isSuspect) await endServer();
  server ??= await startServer({
    label: `stories-${process.pid}`,
    onlyBuiltIn: builtIn,
    env,
    hasPseudoLanguage: true,
  });
  browser ??= await openStoryBrowser();
  try {
    await server.renew({
      label,
      settings: { ...storySettings, ...settings },
      keybindings: [...keybindings, ...more],
    });
    const page = await newPage();
    // The extension gets its texts in the language of the window; VS Code itself stays English.
    if (language) await page.addInitScript((tag) => (globalThis._VSCODE_NLS_LANGUAGE = tag), language);
    const workbench = new Workbench(
      { ...server, stop: () => undefined },
      { context: browser.context, close: () => closeWindow(workbench) },
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
    throw error;
  }
}

/** Prepares the window of a completed story for another one: no editors, notifications, clipboard and output. */
export async function startStory(workbench) {
  await workbench.run('View: Close All Editors');
  await clearNotifications(workbench);
  // A closed panel may have had the focus, without which a page cannot write to the clipboard.
  await workbench.run('IoT Hub: Focus on Hubs View');
  await workbench.until('the focus', () => workbench.page.evaluate(() => document.hasFocus()));
  await workbench.page.evaluate(() => navigator.clipboard.writeText(''));
  workbench.forgetOutput();
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

/** A browser page without state of other windows; the cache is kept. */
async function newPage() {
  const page = await browser.context.newPage();
  const session = await browser.context.newCDPSession(page);
  const storageTypes = 'cookies,file_systems,indexeddb,local_storage,websql,cache_storage';
  await session.send('Storage.clearDataForOrigin', { origin: server.url, storageTypes });
  await session.detach();
  return page;
}

async function closeWindow(workbench) {
  const state = open.get(workbench);
  if (!state) return;
  // Its hooks failed, and no test reported it.
  if (state.tests === 0) await keepPictures(`before-${state.label}`);
  open.delete(workbench);
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
  await endServer();
}

/** Ends the server and the browser; the next story starts new ones. */
async function endServer() {
  isSuspect = false;
  const ended = { server, browser };
  server = undefined;
  browser = undefined;
  await ended.browser?.close();
  await ended.server?.stop();
}
