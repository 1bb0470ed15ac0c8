// Installs missing dependencies of the project: `node test/host/environment.mjs`.
// Imports only Node's built-in modules, because it runs before `npm ci`.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, main, run, seconds } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';
import { ensureServer, serverInstalled, serverPossible } from './serverInstall.mjs';
import { ensureFloorNode } from './floorNode.mjs';
import { ensureOldClients } from './oldClients.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

/** Whether node_modules matches package-lock.json. File times are not reliable after a `git checkout`. */
function dependenciesInstalled() {
  const installedFile = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  const installed = read(installedFile);
  return Object.entries(read(path.join(root, 'package-lock.json'))).every(
    ([folder, wanted]) =>
      !folder || wanted.optional || wanted.devOptional || installed[folder]?.version === wanted.version,
  );
}

/** `npm test` checks once for all of its stages. */
const isPrepared = () => process.env.IOT_HUB_WORKBENCH_PREPARED === '1';

/** Runs `npm ci` if node_modules is missing or does not match package-lock.json. */
export async function ensureDependencies() {
  if (isPrepared() || dependenciesInstalled()) return;
  const started = Date.now();
  console.log('Installing npm packages (about 30 seconds)');
  // No package needs its install script; that of an optional one compiles C++ for half a minute.
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: root,
    log: path.join(resultsFolder, 'logs', 'npm-ci.log'),
    title: 'npm ci',
  });
  console.log(`  Done in ${seconds(started)}`);
}

/**
 * Installs what is missing of the requested parts, and prints what it installs and how long it takes.
 * @param {{ browser?: boolean, mosquitto?: boolean, server?: boolean, npmFolders?: boolean }} wanted
 */
export async function ensureEnvironment(wanted) {
  if (isPrepared()) return;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(`Node 20.19 or later is required; this is ${process.version}.`);
  }
  await ensureDependencies();
  const server = Boolean(wanted.server) && serverPossible;
  // These only wait for the network, and never fail.
  const folders = wanted.npmFolders ? Promise.all([ensureFloorNode(), ensureOldClients()]) : undefined;
  await ensureSystemPackages({ ...wanted, buildServer: server && !serverInstalled() });
  if (server) await ensureServer();
  await folders;
}

if (process.argv[1] === import.meta.filename) {
  main(() => ensureEnvironment({ browser: true, mosquitto: true, server: true, npmFolders: true }));
}
