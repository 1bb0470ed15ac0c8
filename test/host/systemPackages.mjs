// Programs that npm does not provide: a browser, mosquitto's clients and broker, the Azure CLI, and the tools that compile
// and run the programs that the extension copies.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { atEnd, Failure, onPath, run, seconds } from './processes.mjs';
import { resultsFolder } from './paths.mjs';

const onDebian = process.platform === 'linux' && existsSync('/etc/debian_version') && onPath('apt-get');
const isRoot = process.getuid?.() === 0;

/** Headers required by code-server's native modules (kerberos does not build without them). */
const buildHeaders = [
  ['/usr/include/gssapi/gssapi.h', 'libkrb5-dev'],
  ['/usr/include/libsecret-1/libsecret/secret.h', 'libsecret-1-dev'],
  ['/usr/include/X11/Xlib.h', 'libx11-dev'],
  ['/usr/include/X11/extensions/XKBrules.h', 'libxkbfile-dev'],
];
const buildTools = [
  ['python3', 'python3'],
  ['make', 'make'],
  ['g++', 'g++'],
  ['pkg-config', 'pkg-config'],
];

/** Requirements of the snippets in C and Python. Debian's paho-mqtt depends on python3. */
const snippetFiles = [
  ['/usr/lib/python3/dist-packages/paho/mqtt/client.py', 'python3-paho-mqtt'],
  ['/usr/include/mosquitto.h', 'libmosquitto-dev'],
  ['/usr/include/stdio.h', 'libc6-dev'],
];

/** Clients of the local hub, whose tests say that they are skipped where the package does not exist. */
const pythonPackages = '/usr/lib/python3/dist-packages';
const optionalFiles = [
  ['/usr/bin/az', 'azure-cli'],
  [`${pythonPackages}/azure/eventhub/__init__.py`, 'python3-azure'],
  [`${pythonPackages}/uamqp/__init__.py`, 'python3-uamqp'],
  [`${pythonPackages}/proton/__init__.py`, 'python3-qpid-proton'],
  [`${pythonPackages}/websocket/__init__.py`, 'python3-websocket'],
];

/** The installed Chromium-based browser, or undefined. */
export function findBrowser() {
  // The headless shell does not draw a user interface.
  const names = [
    'chromium-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
  ];
  const places = {
    darwin: ['Google Chrome', 'Microsoft Edge', 'Chromium'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
      .filter(Boolean)
      .flatMap((folder) => [
        path.join(folder, 'Google/Chrome/Application/chrome.exe'),
        path.join(folder, 'Microsoft/Edge/Application/msedge.exe'),
      ]),
  }[process.platform];
  return places ? places.find((file) => existsSync(file)) : names.map(onPath).find(Boolean);
}

/** mosquitto is in sbin, which is not on every PATH. */
export function findMosquitto() {
  const broker =
    onPath('mosquitto') ?? ['/usr/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find(existsSync);
  const client = onPath('mosquitto_pub');
  return client ? { client, broker } : undefined;
}

/** Debian packages that are missing for the requested programs. */
function missingPackages({ browser, mosquitto, buildServer }) {
  const missing = [];
  if (browser && !findBrowser()) missing.push('chromium-headless-shell');
  if (mosquitto) {
    if (!findMosquitto()?.broker) missing.push('mosquitto');
    if (!onPath('mosquitto_pub')) missing.push('mosquitto-clients');
    if (!onPath('openssl')) missing.push('openssl');
    for (const [file, name] of snippetFiles) if (!existsSync(file)) missing.push(name);
    if (!onPath('gcc')) missing.push('gcc');
  }
  if (buildServer) {
    for (const [file, name] of buildHeaders) if (!existsSync(file)) missing.push(name);
    for (const [program, name] of buildTools) if (!onPath(program)) missing.push(name);
  }
  return missing;
}

/**
 * Installs what is missing with apt, as root on Debian; on other systems prints what to run.
 * @param {{ browser?: boolean, mosquitto?: boolean, buildServer?: boolean }} wanted
 */
export async function ensureSystemPackages(wanted) {
  if (onDebian) {
    const missing = missingPackages(wanted);
    if (isRoot) return installAll(missing, wanted.mosquitto ? missingOptionalPackages() : []);
    if (missing.length) {
      throw new Failure(
        `Debian packages are missing. Run \`sudo apt-get install -y --no-install-recommends ${missing.join(' ')}\` and try again.`,
      );
    }
    const optional = wanted.mosquitto ? missingOptionalPackages() : [];
    if (optional.length) {
      console.log(
        `Not installed: ${optional.join(' ')}. Their tests are skipped; to run them: \`sudo apt-get install -y --no-install-recommends ${optional.join(' ')}\`.`,
      );
    }
    return;
  }
  if (wanted.browser && !findBrowser()) throw new Failure(`No browser found: ${browserAdvice()}`);
  if (wanted.mosquitto && !findMosquitto()) {
    console.log(`mosquitto_pub not found. Its tests are skipped; to run them: ${mosquittoAdvice()}`);
  }
}

const browserAdvice = () =>
  ({
    darwin: 'run `brew install --cask chromium` and try again.',
    win32: 'run `winget install Google.Chrome` and try again.',
  })[process.platform] ?? "install your system's `chromium` package and try again.";

const mosquittoAdvice = () =>
  ({
    darwin: '`brew install mosquitto`.',
    win32: '`winget install EclipseFoundation.Mosquitto`.',
  })[process.platform] ?? "install your system's `mosquitto-clients` package.";

const missingOptionalPackages = () =>
  optionalFiles.filter(([file]) => !existsSync(file)).map(([, name]) => name);

const aptEnvironment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
const aptWait = ['-o', 'DPkg::Lock::Timeout=300'];

async function installAll(required, optional) {
  if (required.length + optional.length === 0) return;
  const log = path.join(resultsFolder, 'logs', 'apt.log');
  try {
    await run('apt-get', [...aptWait, 'update', '-q'], {
      env: aptEnvironment,
      log,
      title: 'apt-get update',
    });
  } catch (error) {
    if (required.length) throw error;
    console.log(`No package lists. The tests that need ${optional.join(' ')} are skipped: ${error.message}`);
    return;
  }
  if (required.length) await aptInstall(required);
  for (const name of optional) {
    try {
      await aptInstall([name]);
    } catch (error) {
      console.log(`Cannot install ${name}. Its tests are skipped: ${error.message}`);
    }
  }
}

async function aptInstall(packages) {
  const started = Date.now();
  console.log(`Installing Debian packages (about a minute): ${packages.join(' ')}`);
  const log = path.join(resultsFolder, 'logs', 'apt.log');
  // The mosquitto package starts a broker on port 1883; only the program is needed.
  const allowServices = packages.includes('mosquitto') ? forbidServices() : () => undefined;
  try {
    await run('apt-get', [...aptWait, 'install', '-y', '-q', '--no-install-recommends', ...packages], {
      env: aptEnvironment,
      log: log.replace('apt', 'apt-install'),
      title: 'apt-get install',
    });
  } finally {
    allowServices();
  }
  if (packages.includes('mosquitto') && existsSync('/run/systemd/system')) {
    spawnSync('systemctl', ['disable', '--now', 'mosquitto'], { stdio: 'ignore' });
  }
  console.log(`  Done in ${seconds(started)}`);
}

/** Debian runs this script before it starts a service of a new package; exit code 101 prevents the start. */
function forbidServices() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return atEnd(() => rmSync(policy, { force: true }));
}
