// Desktop VS Code: the installed one, or one downloaded by @vscode/test-electron.
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Failure, onPath, progress, run, seconds } from './processes.mjs';
import { cacheFolder, resultsFolder } from './paths.mjs';
import { cleanEnvironment } from './vscodeServer.mjs';

const windows = process.platform === 'win32';

/** Whether a window can be opened. */
export const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** The command line program of the installed desktop VS Code, or undefined. */
export function findDesktopVsCode() {
  const places = {
    darwin: [
      '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code',
      path.join(os.homedir(), 'Applications/Visual Studio Code.app/Contents/Resources/app/bin/code'),
    ],
    win32: [
      [process.env.LOCALAPPDATA, 'Programs/Microsoft VS Code/bin/code.cmd'],
      [process.env.ProgramFiles, 'Microsoft VS Code/bin/code.cmd'],
    ]
      .filter(([folder]) => folder)
      .map((parts) => path.join(...parts)),
    linux: ['/usr/share/code/bin/code', '/snap/bin/code'],
  };
  return onPath('code') ?? places[process.platform]?.find((file) => existsSync(file));
}

/**
 * Downloads desktop VS Code into the cache folder unless it is already there.
 * @param {string} [version] `stable` or a version number
 * @returns {Promise<string>} its executable
 */
export async function downloadDesktopVsCode(version = 'stable') {
  const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
  const started = Date.now();
  const stop = progress('downloading desktop VS Code');
  try {
    const executable = await downloadAndUnzipVSCode({
      version,
      cachePath: path.join(cacheFolder(), 'desktop'),
      reporter: new SilentReporter(),
      timeout: 30_000,
    });
    if (Date.now() - started > 5000) console.log(`  Desktop VS Code downloaded in ${seconds(started)}`);
    return executable;
  } catch (error) {
    const why =
      error instanceof AggregateError ? error.errors.map((one) => one.message).join(', ') : error.message;
    throw new Failure(`Cannot download desktop VS Code (${why || error.code}).`);
  } finally {
    stop();
  }
}

/** The command line program that belongs to a downloaded executable. */
export async function commandLineOf(executable) {
  const { resolveCliPathFromVSCodeExecutablePath } = await import('@vscode/test-electron');
  return resolveCliPathFromVSCodeExecutablePath(executable);
}

/** Arguments for a separate profile, which leaves the user's settings and extensions unchanged. */
export function profileArguments(folder) {
  return [
    `--user-data-dir=${path.join(folder, 'data')}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
    // Electron's sandbox does not run as root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

/** Runs VS Code's command line program, with `--install-extension` or to open a window. */
export function runDesktop(cli, args) {
  // On Windows it is a .cmd file, which requires a shell.
  const quoted = windows ? args.map((word) => `"${word}"`) : args;
  const command = windows ? `"${cli}"` : cli;
  return run(command, quoted, {
    env: cleanEnvironment(),
    shell: windows,
    log: path.join(resultsFolder, 'logs', 'desktop.log'),
  });
}
