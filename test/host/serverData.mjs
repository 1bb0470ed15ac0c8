// The data folder of a VS Code server: settings, logs, and resetting it to that of a new installation.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sleep } from './processes.mjs';
import { resultsFolder } from './paths.mjs';

export class ServerData {
  /** @param {string} folder value of `--server-data-dir` */
  constructor(folder) {
    this.folder = folder;
    this.logsFolder = path.join(folder, 'data/logs');
    this.userFolder = path.join(folder, 'data/User');
  }

  /** Writes user settings and machine settings; a window on a server reads machine settings only from their own file. */
  writeSettings(user, machine) {
    const machineFolder = path.join(this.folder, 'data/Machine');
    for (const [folder, settings] of [
      [this.userFolder, user],
      [machineFolder, machine],
    ]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
    }
  }

  /** Writes the user's keybindings, if there are settings. */
  writeKeybindings(keybindings) {
    writeFileSync(path.join(this.userFolder, 'keybindings.json'), JSON.stringify(keybindings, null, 2));
  }

  /** Copies the logs to test-results/logs/LABEL. */
  keepLogs(label) {
    if (!existsSync(this.logsFolder)) return;
    const kept = path.join(resultsFolder, 'logs', label, 'vscode');
    cpSync(this.logsFolder, kept, { recursive: true });
  }

  /**
   * Removes data left by windows: state of extensions and workspaces, logs of extension hosts. Keeps the extensions and
   * the files that the server has open.
   */
  clear() {
    rmSync(this.userFolder, removal);
    if (!existsSync(this.logsFolder)) return;
    for (const session of readdirSync(this.logsFolder)) {
      for (const name of readdirSync(path.join(this.logsFolder, session)))
        if (name.startsWith('exthost')) rmSync(path.join(this.logsFolder, session, name), removal);
    }
  }

  /**
   * Ends the remaining processes of closed windows: extension hosts and the local hubs that they started. Their data is no
   * longer needed, so there is no need to wait for a clean exit.
   * @param {number} server process ID of the server
   */
  async endProcesses(server) {
    for (let waited = 0; ; waited += 20) {
      const left = this.leftProcesses(server);
      if (left.length === 0) return;
      if (waited === 0) left.forEach((pid) => end(pid, 'SIGTERM'));
      if (waited === 2_000) left.forEach((pid) => end(pid, 'SIGKILL'));
      if (waited > 5_000)
        throw new Error(`Processes ${left.join(', ')} of a closed window are still running.`);
      await sleep(20);
    }
  }

  leftProcesses(server) {
    // The server runs on Linux only.
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        const command = processText(pid, 'cmdline');
        if (command.includes(path.join(this.userFolder, 'globalStorage'))) return !isZombie(pid);
        return command.includes('--type=extensionHost') && parentOf(pid) === server && !isZombie(pid);
      });
  }
}

const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };

function end(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A text of /proc; empty if the process has already ended. */
function processText(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** State and parent follow the name, which may contain any characters. */
const statusOf = (pid) => processText(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
const isZombie = (pid) => ['Z', 'X', ''].includes(statusOf(pid)[0] ?? '');
const parentOf = (pid) => Number(statusOf(pid)[1]);
