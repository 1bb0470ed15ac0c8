import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toPem } from '../../../support/derCertificate';
import { testTime } from '../../../support/derChain';
import type { Chain } from './chain';

const { stdout: versionText, error } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
/** `OpenSSL 3.0.19`; empty if it is not installed. */
export const opensslVersion = error ? '' : (/^OpenSSL [\d.]+/.exec(versionText)?.[0] ?? '');

/** One call of `openssl verify` for several chains: a process costs more than a chain. */
function verifyTogether(folder: string, chains: ReadonlyMap<number, Chain>): Promise<Map<number, string>> {
  const pems = (list: readonly Buffer[]): string => list.map(toPem).join('');
  const all = [...chains.values()];
  writeFileSync(path.join(folder, 'trusted.pem'), pems(all.flatMap(({ anchor }) => anchor ?? [])));
  writeFileSync(path.join(folder, 'untrusted.pem'), pems(all.flatMap(({ presented }) => presented)));
  const files = [...chains].map(([id, { leaf }]) => {
    writeFileSync(path.join(folder, `${id}.pem`), toPem(leaf));
    return `${id}.pem`;
  });
  const options = ['-purpose', 'sslclient', '-partial_chain', '-attime', String(testTime / 1000)];
  const stores = ['-trusted', 'trusted.pem'];
  if (all.some(({ presented }) => presented.length > 0)) stores.push('-untrusted', 'untrusted.pem');
  return new Promise((resolve) => {
    execFile(
      'openssl',
      ['verify', ...options, ...stores, ...files],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (_failed, stdout, stderr) => {
        resolve(readResults(`${stdout}\n${stderr}`, [...chains.keys()], stderr));
      },
    );
  });
}

/** The text is that of each certificate's last error, `OK`, or the errors of loading the files. */
function readResults(output: string, ids: readonly number[], stderr: string): Map<number, string> {
  const results = new Map<number, string>();
  let last = '';
  for (const line of output.split('\n')) {
    const accepted = /^(\d+)\.pem: OK$/.exec(line)?.[1];
    const refused = /^error (\d+)\.pem: (.*)$/.exec(line);
    const problem = /^error \d+ at \d+ depth lookup: (.*)$/.exec(line)?.[1];
    if (accepted !== undefined) results.set(Number(accepted), 'OK');
    else if (problem !== undefined) last = problem;
    else if (refused) results.set(Number(refused[1]), last || (refused[2] ?? ''));
  }
  for (const id of ids) if (!results.has(id)) results.set(id, `not verified: ${stderr.slice(0, 300)}`);
  return results;
}

const perProcess = 60;

/**
 * What `openssl verify` says of each chain: `OK`, or an error. The chains have different names, so that one does not affect
 * another.
 */
export async function verifyWithOpenssl(chains: readonly Chain[]): Promise<string[]> {
  const batches: Map<number, Chain>[] = [];
  for (let at = 0; at < chains.length; at += perProcess) {
    batches.push(new Map(chains.slice(at, at + perProcess).map((chain, i) => [at + i, chain])));
  }
  const results: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = batches.pop(); next; next = batches.pop()) {
      const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'openssl-verify-'));
      try {
        for (const [id, result] of await verifyTogether(folder, next)) results[id] = result;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
