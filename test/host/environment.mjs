// Installs what the project needs and is missing: `node test/host/environment.mjs`.
// Imports nothing but Node's own modules, since it runs before `npm ci`.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, main, run, seconds } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';
import { ensureServer, serverInstalled, serverPossible } from './serverInstall.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

/** Whether node_modules holds what package-lock.json says. File times would lie after a `git checkout`. */
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

/** `npm test` looks once, before its stages, each of which would look again. */
const isPrepared = () => process.env.IOT_HUB_WORKBENCH_PREPARED === '1';

/** Runs `npm ci` when node_modules is missing or is not that of package-lock.json. */
export async function ensureDependencies() {
  if (isPrepared() || dependenciesInstalled()) return;
  const started = Date.now();
  console.log("Installing the project's npm packages, about half a minute");
  // No package needs its install script here; that of an optional one compiles C++ for half a minute.
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: root,
    log: path.join(resultsFolder, 'logs', 'npm-ci.log'),
    title: 'npm ci',
  });
  console.log(`  done in ${seconds(started)}`);
}

/**
 * Installs what is missing for the wanted parts, and says what and how long it takes.
 * @param {{ browser?: boolean, mosquitto?: boolean, server?: boolean }} wanted
 */
export async function ensureEnvironment(wanted) {
  if (isPrepared()) return;
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failure(`Node 20 or newer is needed; this is ${process.version}.`);
  }
  await ensureDependencies();
  const server = Boolean(wanted.server) && serverPossible;
  await ensureSystemPackages({ ...wanted, buildServer: server && !serverInstalled() });
  if (server) await ensureServer();
}

if (process.argv[1] === import.meta.filename) {
  main(() => ensureEnvironment({ browser: true, mosquitto: true, server: true }));
}
