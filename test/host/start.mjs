// `npm start`: VS Code with the extension and a running local hub. `npm start -- --check` runs unattended, and ends when
// a message from the sample device appears in the output channel.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEnvironment } from './environment.mjs';
import { Failure, main, onPath, seconds } from './processes.mjs';
import { cacheFolder, vsixFile } from './paths.mjs';
import { serverPossible } from './serverInstall.mjs';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, browser: { type: 'boolean' }, vsix: { type: 'string' } },
});

main(async () => {
  await ensureEnvironment({});
  const vsix = await packaged();
  if (options.check) {
    const { check } = await import('./check.mjs');
    return check(vsix);
  }
  const { prepareProfile } = await import('./frontServer.mjs');
  const profile = prepareProfile(path.join(cacheFolder(), 'start'));
  if (!options.browser && (await openDesktop(profile, vsix))) return 0;
  return serve(profile, vsix);
});

async function packaged() {
  if (options.vsix) return path.resolve(options.vsix);
  const { packageExtension, packageUpToDate } = await import('./package.mjs');
  if (packageUpToDate()) return vsixFile();
  const started = Date.now();
  console.log('Building the extension');
  const file = await packageExtension();
  console.log(`  Done in ${seconds(started)}`);
  return file;
}

/** Opens desktop VS Code with a separate profile. @returns {Promise<boolean>} false if that is not possible */
async function openDesktop(profile, vsix) {
  const desktop = await import('./desktopVsCode.mjs');
  if (!desktop.hasDisplay) {
    console.log('No display found for desktop VS Code. Serving VS Code to a browser instead.');
    return false;
  }
  let cli = desktop.findDesktopVsCode();
  if (!cli) {
    console.log('Desktop VS Code not found. Downloading it (about 150 MB)');
    try {
      cli = await desktop.commandLineOf(await desktop.downloadDesktopVsCode());
    } catch (error) {
      if (!(error instanceof Failure) || !serverPossible) throw error;
      console.log(`${error.message} Serving VS Code from npm to your browser instead.`);
      return false;
    }
  }
  const own = desktop.profileArguments(profile.folder);
  await desktop.runDesktop(cli, [...own, '--install-extension', vsix, '--force']);
  await desktop.runDesktop(cli, [...own, '--new-window', profile.workspace]);
  console.log('VS Code is open. Click the IoT Hub icon in the activity bar. It uses a separate profile;');
  console.log(`your settings and extensions are unchanged. To reset it, delete ${profile.folder}.`);
  return true;
}

/** Serves VS Code until Ctrl+C. */
async function serve(profile, vsix) {
  await ensureEnvironment({ server: true });
  const { serveVsCode } = await import('./frontServer.mjs');
  const server = await serveVsCode(profile, vsix);
  console.log(`VS Code is available at ${server.address}`);
  console.log(
    'Click the IoT Hub icon in the activity bar. Only this machine can connect. Press Ctrl+C to stop.',
  );
  showInBrowser(server.address);
  const code = await new Promise((resolve) => server.child.on('exit', resolve));
  throw new Failure(
    `VS Code's server exited with code ${code}. See ${path.join(profile.folder, 'server.log')}.`,
  );
}

function showInBrowser(address) {
  const opener = { darwin: 'open', win32: 'explorer', linux: 'xdg-open' }[process.platform];
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!display || !opener || !onPath(opener)) {
    console.log('Cannot open a browser without a display. Open the address manually. Press Ctrl+C to stop.');
    return;
  }
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => console.log('Cannot open a browser. Open the address manually.'))
    .unref();
}
