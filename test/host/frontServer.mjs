// VS Code for people, in their browser: code-server's front end, reachable from this machine only.
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Failure, run, sleep, startGroup } from './processes.mjs';
import { resultsFolder } from './paths.mjs';
import { ensureServer } from './serverInstall.mjs';
import { cleanEnvironment } from './vscodeServer.mjs';

/** Browsers keep state and secrets per origin, so the same port is used again if it is free. */
const preferredPort = 47_880;

/** Initial settings of a new profile; later changes by the user are kept. */
const firstSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'remote.autoForwardPorts': false,
};
const localHubSettings = {
  'iotHubWorkbench.localHub.autoStart': true,
  'iotHubWorkbench.localHub.sampleDevices': true,
};

/**
 * Prepares a profile: settings that start the local hub with its sample devices, and a folder to open.
 * @param {string} folder
 * @returns {{ folder: string, data: string, extensions: string, workspace: string }}
 */
export function prepareProfile(folder) {
  const profile = {
    folder,
    data: path.join(folder, 'data'),
    extensions: path.join(folder, 'extensions'),
    workspace: path.join(folder, 'workspace'),
  };
  const user = path.join(profile.data, 'User');
  for (const made of [user, profile.extensions, profile.workspace]) mkdirSync(made, { recursive: true });
  const settings = path.join(user, 'settings.json');
  if (!existsSync(settings)) {
    writeFileSync(settings, `${JSON.stringify({ ...firstSettings, ...localHubSettings }, null, 2)}\n`);
    // A window on a server reads settings of scope "machine" only from this file.
    const machine = path.join(profile.data, 'Machine');
    mkdirSync(machine, { recursive: true });
    writeFileSync(path.join(machine, 'settings.json'), `${JSON.stringify(localHubSettings, null, 2)}\n`);
  }
  const readme = path.join(profile.workspace, 'README.md');
  if (!existsSync(readme)) {
    writeFileSync(
      readme,
      '# Try it\n\nClick the IoT Hub icon in the activity bar. The local hub is running, and a sample device sends messages.\n',
    );
  }
  return profile;
}

/**
 * Serves VS Code with the extension.
 * @param {ReturnType<typeof prepareProfile>} profile
 * @param {string} vsix
 * @returns {Promise<{ url: string, address: string, workspace: string, logsFolder: string,
 *   child: import('node:child_process').ChildProcess, stop: () => Promise<void> }>} `address` includes the folder to open
 */
export async function serveVsCode(profile, vsix) {
  const program = await ensureServer();
  const config = path.join(profile.folder, 'server.yaml');
  // Without a config file, code-server creates one in the user's home folder.
  writeFileSync(config, 'auth: none\n');
  const basics = [
    program.front,
    ...['--config', config, '--user-data-dir', profile.data, '--extensions-dir', profile.extensions],
  ];
  const env = cleanEnvironment();
  await run(program.node, [...basics, '--install-extension', vsix, '--force'], {
    env,
    log: path.join(resultsFolder, 'logs', 'start-install.log'),
  });
  const port = await freePort(preferredPort);
  const log = path.join(profile.folder, 'server.log');
  const output = openSync(log, 'w');
  const { child, stop } = startGroup(
    program.node,
    [
      ...basics,
      ...[
        '--auth',
        'none',
        '--bind-addr',
        `127.0.0.1:${port}`,
        '--disable-telemetry',
        '--disable-update-check',
      ],
      '--disable-getting-started-override',
    ],
    { stdio: ['ignore', output, output], env },
  );
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/healthz`, child, log);
  const address = `${url}/?folder=${encodeURIComponent(profile.workspace)}`;
  return {
    url,
    address,
    workspace: profile.workspace,
    logsFolder: path.join(profile.data, 'logs'),
    child,
    stop,
  };
}

async function answering(address, child, log) {
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 100) {
    if ((await fetch(address).catch(() => undefined))?.ok) return;
    await sleep(100);
  }
  throw new Failure(
    `The VS Code server did not start. Its output:\n${readFileSync(log, 'utf8').slice(-2000)}`,
  );
}

/** This port, or any free port if it is in use. */
async function freePort(wanted) {
  const listen = (port) =>
    new Promise((resolve) => {
      const server = net.createServer();
      server.on('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const found = server.address().port;
        server.close(() => resolve(found));
      });
    });
  return (await listen(wanted)) ?? (await listen(0));
}
