// Starts VS Code's server for tests, with a temporary data folder and any free port.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addPseudoLanguage } from './pseudoLocale.mjs';
import { atEnd, Failure, run, sleep, startGroup } from './processes.mjs';
import { resultsFolder, vsixFile } from './paths.mjs';
import { ServerData } from './serverData.mjs';
import { ensureServer } from './serverInstall.mjs';

/** Settings that turn off chat, welcome pages, trust, experiments and background traffic. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'window.commandCenter': false,
  'workbench.colorTheme': 'Light Modern',
  'files.autoSave': 'off',
  'workbench.editor.useModal': 'off',
  'workbench.reduceMotion': 'on',
  // Otherwise "Your application running on port N is available" covers the window when the local hub starts.
  'remote.autoForwardPorts': false,
};

/** The environment without variables of an outer VS Code (its terminal or extension host). */
export function cleanEnvironment(extra = {}) {
  const env = { ...process.env, ...extra };
  for (const name of Object.keys(env)) {
    if (/^(VSCODE_|ELECTRON_)/.test(name)) delete env[name];
  }
  return env;
}

/** A folder that is removed when this process ends. @returns {{ folder: string, remove: () => void }} */
export function temporaryFolder(name) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), `iot-hub-workbench-${name}-`));
  const remove = atEnd(() =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  );
  return { folder, remove };
}

/**
 * @typedef {object} RunningServer
 * @property {string} url `http://127.0.0.1:PORT`
 * @property {number} port
 * @property {string} vscode version of VS Code
 * @property {string} dataFolder its server data: `extensions/`, `data/User/settings.json`, `data/logs/`
 * @property {string} logsFolder
 * @property {string} workspace an empty folder for the window
 * @property {(options: { label?: string, settings?: object, keybindings?: object[] }) => Promise<void>} renew resets it
 *   to a server just started with these options; all its windows must be closed
 * @property {() => Promise<void>} stop ends it and removes its folders; its logs are in test-results/logs/LABEL
 */

/** The VSIX under test: set by the npm scripts, or the one in this folder. */
const testedVsix = () => process.env.IOT_HUB_WORKBENCH_VSIX ?? vsixFile();

/**
 * Starts a server with extensions installed from VSIX files, as users do.
 * @param {object} [options]
 * @param {string} [options.label] names its logs in the results
 * @param {string[]} [options.vsix] the extension under test by default
 * @param {object} [options.settings] user settings, in addition to the quiet ones
 * @param {Record<string, string>} [options.env] environment of the extension host
 * @param {boolean} [options.testDriver] required for in-host tests; VS Code then shows no notifications
 * @param {string[]} [options.onlyBuiltIn] names of built-in extensions to keep, and folders of others to add; by default
 *   all, and no other
 * @param {object} [options.release] one of `releases`
 * @param {boolean} [options.hasPseudoLanguage] adds the pseudo-locale to the installed extension
 * @returns {Promise<RunningServer>}
 */
export async function startServer(options = {}) {
  const {
    label = 'vscode',
    vsix = [testedVsix()],
    settings = {},
    env = {},
    testDriver = false,
    onlyBuiltIn,
    release,
    hasPseudoLanguage = false,
  } = options;
  const program = await ensureServer(release);
  const { folder, remove } = temporaryFolder('vscode');
  const dataFolder = path.join(folder, 'server');
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace);
  const data = new ServerData(dataFolder);
  data.writeSettings({ ...quietSettings, ...settings }, settings);

  const basics = [program.main, '--accept-server-license-terms', '--server-data-dir', dataFolder];
  const environment = cleanEnvironment(env);
  for (const file of vsix) {
    await run(program.node, [...basics, '--install-extension', file, '--force'], {
      env: environment,
      log: path.join(resultsFolder, 'logs', label, 'install-extension.log'),
    });
  }
  if (hasPseudoLanguage) addPseudoLanguage(path.join(dataFolder, 'extensions'));

  const log = path.join(folder, 'server.log');
  const output = openSync(log, 'w');
  const { child, stop } = startGroup(
    program.node,
    [
      ...basics,
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--disable-telemetry'],
      ...(testDriver ? ['--enable-smoke-test-driver'] : []),
      ...(onlyBuiltIn
        ? ['--builtin-extensions-dir', someBuiltIn(program, path.join(folder, 'built-in'), onlyBuiltIn)]
        : []),
    ],
    { stdio: ['ignore', output, output], env: environment, cwd: folder },
  );
  const port = await listeningPort(child, log);
  let currentLabel = label;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    vscode: program.vscode,
    dataFolder,
    logsFolder: data.logsFolder,
    workspace,
    async renew({ label: nextLabel = label, settings: nextSettings = {}, keybindings }) {
      await data.endProcesses(child.pid);
      data.keepLogs(currentLabel);
      data.clear();
      for (const name of readdirSync(workspace))
        rmSync(path.join(workspace, name), { recursive: true, force: true });
      data.writeSettings({ ...quietSettings, ...nextSettings }, nextSettings);
      if (keybindings) data.writeKeybindings(keybindings);
      currentLabel = nextLabel;
    },
    async stop() {
      await stop();
      await data.endProcesses(child.pid);
      data.keepLogs(currentLabel);
      mkdirSync(path.join(resultsFolder, 'logs', label), { recursive: true });
      cpSync(log, path.join(resultsFolder, 'logs', label, 'server.log'));
      remove();
    },
  };
}

/** A folder with the given built-in extensions: names of VS Code's own, or folders. */
function someBuiltIn({ main }, folder, extensions) {
  const all = path.resolve(path.dirname(main), '../extensions');
  mkdirSync(folder);
  for (const one of extensions) symlinkSync(path.resolve(all, one), path.join(folder, path.basename(one)));
  return folder;
}

/** The server prints its port, and accepts connections on it. */
async function listeningPort(child, log) {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const match = /Extension host agent listening on (\d+)/.exec(readFileSync(log, 'utf8'));
    if (match) {
      const answer = await fetch(`http://127.0.0.1:${match[1]}/version`).catch(() => undefined);
      if (answer?.ok) return Number(match[1]);
    }
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Failure(`VS Code's server did not start. Its output:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}
