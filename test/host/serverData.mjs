// The data folder of a VS Code server: its settings, its logs, and how it becomes that of a new installation again.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sleep } from './processes.mjs';
import { resultsFolder } from './paths.mjs';

export class ServerData {
  /** @param {string} folder what `--server-data-dir` names */
  constructor(folder) {
    this.folder = folder;
    this.logsFolder = path.join(folder, 'data/logs');
    this.userFolder = path.join(folder, 'data/User');
  }

  /** Writes user settings, and the same for those of scope "machine", which a window on a server reads from there only. */
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

  /** Writes the user's own keys, when there are settings. */
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
   * Removes what windows left here: state of extensions and workspaces, logs of extension hosts. Extensions stay, and
   * so does what the server itself has open.
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
   * Ends what windows that are closed left running: their extension hosts and the local hubs of these. Nothing of
   * theirs is needed any longer, so nobody waits until they have ended by themselves.
   * @param {number} server the process of the server
   */
  async endProcesses(server) {
    for (let waited = 0; ; waited += 20) {
      const left = this.leftProcesses(server);
      if (left.length === 0) return;
      if (waited === 0) left.forEach((pid) => end(pid, 'SIGTERM'));
      if (waited === 2_000) left.forEach((pid) => end(pid, 'SIGKILL'));
      if (waited > 5_000) throw new Error(`Processes ${left.join(', ')} of a closed window do not end.`);
      await sleep(20);
    }
  }

  leftProcesses(server) {
    // The server is for Linux only.
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

/** A text of /proc; empty when the process has ended meanwhile. */
function processText(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** State and parent come after the name, which may hold anything. */
const statusOf = (pid) => processText(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
const isZombie = (pid) => ['Z', 'X', ''].includes(statusOf(pid)[0] ?? '');
const parentOf = (pid) => Number(statusOf(pid)[1]);
