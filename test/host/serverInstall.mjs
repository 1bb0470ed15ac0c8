// VS Code's server and web workbench from npm, installed once per user: about 2 minutes and 620 MB.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lock } from './locks.mjs';
import { atEnd, Failure, run, seconds } from './processes.mjs';
import { cacheFolder, resultsFolder, root } from './paths.mjs';

/** Supported releases of code-server, with the version of Node that its native modules are built for. */
export const releases = {
  current: { version: '4.139.1', vscode: '1.139.1', node: '24.21.0', steps: installWithLock },
  /** The oldest supported VS Code (engines.vscode), with the version of Node in its desktop edition. */
  floor: { version: '4.90.3', vscode: '1.90.2', node: '20.9.0', steps: installPartByPart },
};

/** Whether npm has a build of Node for this machine that can run the server. */
export const serverPossible = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

/**
 * @typedef {object} VsCodeServer
 * @property {string} vscode version of VS Code
 * @property {string} node Node executable that runs it
 * @property {string} main VS Code's server
 * @property {string} front code-server's front end, for people: /mint-key, proxies, a sign-in page
 */

/** @returns {VsCodeServer} paths of an installed release */
function describe(release) {
  const folder = path.join(cacheFolder(), `vscode-server-${release.version}`);
  const server = path.join(folder, 'server/node_modules/code-server');
  return {
    folder,
    vscode: release.vscode,
    node: path.join(folder, `node/node_modules/node-linux-${process.arch}/bin/node`),
    main: path.join(server, 'lib/vscode/out/server-main.js'),
    front: path.join(server, 'out/node/entry.js'),
  };
}

/** Whether the release is completely installed. */
export const serverInstalled = (release = releases.current) => existsSync(describe(release).folder);

/** Installs the release unless it is installed. Concurrent runs wait for each other. @returns {Promise<VsCodeServer>} */
export async function ensureServer(release = releases.current) {
  const installed = describe(release);
  if (existsSync(installed.folder)) return installed;
  if (!serverPossible) {
    throw new Failure(
      `VS Code from npm requires Linux (x64 or arm64), and this is ${process.platform} ${process.arch}. Install desktop VS Code.`,
    );
  }
  const unlock = await lock(`${installed.folder}.lock`, 'Another run is installing VS Code');
  try {
    if (!existsSync(installed.folder)) await install(release, installed.folder);
  } finally {
    unlock();
  }
  return installed;
}

/** Installs into a temporary folder and renames it when complete, so that an interrupted run leaves no partial install. */
async function install(release, folder) {
  const started = Date.now();
  console.log(
    `Installing VS Code ${release.vscode} (code-server ${release.version} from npm, 620 MB; 2 to 4 minutes)`,
  );
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const discard = atEnd(() => rmSync(unfinished, { recursive: true, force: true }));
  const log = (name) => path.join(resultsFolder, 'logs', `vscode-server-${name}.log`);

  const nodePackage = `node-linux-${process.arch}`;
  const nodeFolder = path.join(unfinished, 'node');
  mkdirSync(nodeFolder, { recursive: true });
  writeFileSync(path.join(nodeFolder, 'package.json'), '{ "private": true }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', `${nodePackage}@${release.node}`], {
    cwd: nodeFolder,
    log: log('node'),
    title: `Node ${release.node}`,
  });
  const nodeHome = path.join(nodeFolder, 'node_modules', nodePackage);

  // A separate folder: in one folder with Node, npm would prune Node while code-server builds.
  const serverFolder = path.join(unfinished, 'server');
  mkdirSync(serverFolder);
  const env = {
    ...process.env,
    PATH: `${path.join(nodeHome, 'bin')}${path.delimiter}${process.env.PATH}`,
    // Otherwise node-gyp uses the headers of the Node on PATH, or downloads them.
    npm_config_nodedir: nodeHome,
  };
  // An outer `npm test` sets this to the Node that runs it, and code-server's scripts would use it.
  delete env.npm_config_user_agent;
  await release.steps(
    release,
    (name, folder, ...args) =>
      run('npm', [...args, '--no-audit', '--no-fund', '--foreground-scripts'], {
        cwd: path.join(serverFolder, folder),
        env,
        log: log(name),
        title: `VS Code ${release.vscode}`,
      }),
    serverFolder,
  );
  const main = path.join(serverFolder, 'node_modules/code-server/lib/vscode/out/server-main.js');
  if (!existsSync(main))
    throw new Failure(`npm installed code-server without ${main}; see ${path.dirname(log('install'))}.`);
  renameSync(unfinished, folder);
  discard();
  console.log(`  Done in ${seconds(started)}`);
}

/** As npm does it, with all versions pinned by the project's lock file. */
async function installWithLock(_release, npm, folder) {
  cpSync(path.join(root, 'test/host/vscode-server'), folder, { recursive: true });
  await npm('install', '.', 'ci');
}

/**
 * The scripts of an old release download ripgrep from GitHub, and fail where GitHub is not reachable. No test searches in
 * files, so the scripts are skipped and only the native modules are built. Its packages are pinned by the lock files
 * that it includes.
 */
async function installPartByPart(release, npm, folder) {
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  await npm('install', '.', 'install', '--ignore-scripts', `code-server@${release.version}`);
  const vscode = 'node_modules/code-server/lib/vscode';
  await npm('packages', vscode, 'install', '--ignore-scripts', '--legacy-peer-deps', '--omit=dev');
  const native = ['@parcel/watcher', '@vscode/spdlog', 'kerberos', 'native-watchdog', 'node-pty'];
  await npm('native', vscode, 'rebuild', ...native);
  symlinkSync('node_modules', path.join(folder, vscode, 'node_modules.asar'));
}
