// Looks for known secrets in everything that a window writes, keeps or shows, and on command lines.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readState } from './windowState.mjs';

const maxFileBytes = 64 * 1024 * 1024;
const sampleMs = 50;

export class SecretSearch {
  /** Forms of each secret by its name. */
  #secrets = new Map();
  #commandLines = new Set();
  #since = Date.now();
  #timer = setInterval(() => this.#readCommandLines(), sampleMs);

  /** @param {import('./workbenchDriver.mjs').Workbench} workbench */
  constructor(workbench) {
    this.workbench = workbench;
  }

  /** Adds a key, token, passphrase or PEM key. */
  add(name, secret) {
    const pieces = secret.includes('-----BEGIN') ? pemPieces(secret) : [secret];
    if (pieces.some((piece) => piece.length < 8)) throw new Error(`"${name}" is too short to be found.`);
    this.#secrets.set(
      name,
      new Set(pieces.flatMap((piece) => [piece, encodeURIComponent(piece), decodeURIComponent(piece)])),
    );
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @returns {Promise<{ exposed: string[], kept: string[] }>} `kept`: in files that only the user can read */
  async find() {
    const exposed = [];
    const kept = [];
    for (const file of this.#files()) {
      const { mode, size } = statSync(file, { throwIfNoEntry: false }) ?? { mode: 0, size: 0 };
      if (size === 0 || size > maxFileBytes) continue;
      const names = this.#namesIn(readFileSync(file).toString('latin1'));
      (mode & 0o077 ? exposed : kept).push(...names.map((name) => `${name} in ${file}`));
    }
    const texts = [
      ...[...this.#commandLines].map((text) => [`the command line of ${text.split('\0')[0]}`, text]),
      ...(await this.#shown()),
      ['the console', this.workbench.console.join('\n')],
      ['the state of VS Code', (await this.workbench.page.evaluate(readState)).join('\n')],
      [
        'the session storage',
        await this.workbench.page.evaluate(() => JSON.stringify({ ...sessionStorage })),
      ],
    ];
    for (const [place, text] of texts)
      exposed.push(...this.#namesIn(text).map((name) => `${name} in ${place}`));
    return { exposed, kept };
  }

  #namesIn(text) {
    return [...this.#secrets]
      .filter(([, forms]) => [...forms].some((form) => text.includes(form)))
      .map(([name]) => name);
  }

  /** Files of VS Code except its extensions, the workspace, and temporary files that are new. */
  #files() {
    const { dataFolder } = this.workbench.server;
    const temporary = os.tmpdir();
    return [
      ...filesBelow(path.join(dataFolder, 'data')),
      ...filesBelow(this.workbench.folder),
      ...readdirSync(temporary)
        .map((name) => path.join(temporary, name))
        .filter((file) => (statSync(file, { throwIfNoEntry: false })?.birthtimeMs ?? 0) >= this.#since)
        .flatMap(filesBelow),
    ];
  }

  /** Markup and field values of the window and of its webviews. */
  async #shown() {
    const read = () =>
      [
        document.documentElement.outerHTML,
        ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value),
      ].join('\n');
    const frames = this.workbench.page.frames();
    // A webview may close meanwhile.
    return Promise.all(frames.map(async (frame) => ['the page', await frame.evaluate(read).catch(() => '')]));
  }

  #readCommandLines() {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.#commandLines.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      } catch {
        // The process has ended.
      }
    }
  }
}

/** Lines of the key, without the first, which may be the same in every key of its type. */
const pemPieces = (pem) =>
  pem
    .split(/\r?\n/)
    .filter((line) => /^[\w+/=]{24,}$/.test(line))
    .slice(1);

function filesBelow(file) {
  if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) return [file];
  return readdirSync(file, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
