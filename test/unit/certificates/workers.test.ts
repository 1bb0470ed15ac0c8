import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCertificate } from '../../../src/core/certificate/certificate';
import { type DeviceCertificateRequest } from '../../../src/core/certificate/certificateWork';
import {
  CertificateWorkers,
  type CertificateWorkersOptions,
} from '../../../src/certificates/workers/certificateWorkers';
import { engine, issuerOf, OpenSsl } from './support/openssl';
import { buildWorker } from './support/worker';

const now = Date.now();
const openssl = new OpenSsl();
let built: ReturnType<typeof buildWorker>;
let open: CertificateWorkers[] = [];

beforeAll(() => {
  built = buildWorker();
});
afterEach(() => {
  for (const workers of open) workers.dispose();
  open = [];
});
afterAll(() => {
  built.dispose();
  openssl.dispose();
});

function workersOf(options: CertificateWorkersOptions = {}, file = built.file): CertificateWorkers {
  const workers = new CertificateWorkers(file, { rounds: 1000, ...options });
  open.push(workers);
  return workers;
}

/** A worker program for a test, with `parentPort` and `answer`. */
function program(name: string, body: string): string {
  const file = path.join(openssl.folder, `${name}.cjs`);
  const start = `const { parentPort } = require('node:worker_threads');
    const answer = (value) => parentPort.postMessage({ kind: 'done', value });`;
  writeFileSync(file, `${start}\nparentPort.on('message', ({ method, args }) => { ${body} });\n`);
  return file;
}

const root = { subject: { commonName: 'Root' }, keyType: 'ec-p256', days: 100, now } as const;
const device = (
  deviceId: string,
  change: Partial<DeviceCertificateRequest> = {},
): DeviceCertificateRequest => ({
  deviceId,
  keyType: 'ec-p256',
  days: 10,
  now,
  ...change,
});

describe('Certificate workers', () => {
  it('run all certificate operations on worker threads', async () => {
    const workers = workersOf();
    const authority = await workers.createAuthority({ ...root, passphrase: 'secret' });
    const issuer = issuerOf(authority, 'secret');
    const issued = await workers.issueDevice(device('d', { issuer }));
    expect(openssl.verify(issued.certificate, [authority.certificate])).toBe('leaf.pem: OK');
    const proof = await workers.issueVerification({ code: 'CODE', issuer, now });
    expect(openssl.verify(proof, [authority.certificate])).toBe('leaf.pem: OK');
    const { request } = await workers.createRequest({ commonName: 'r', keyType: 'ec-p384' });
    expect(request).toContain('BEGIN CERTIFICATE REQUEST');
    const plain = await workers.unlockKey(issuer.key);
    const locked = await workers.lockKey(plain, 'other');
    expect(await workers.unlockKey({ pem: locked, passphrase: 'other' })).toBe(plain);
    const chain = [authority.certificate];
    const bundle = { certificate: issued.certificate, chain, key: { pem: issued.key } };
    const bytes = await workers.exportPkcs12({ ...bundle, passphrase: 'p12', friendlyName: 'd' });
    expect(bytes).toBeInstanceOf(Uint8Array);
    const back = await workers.readFiles([{ name: 'd.p12', bytes }], 'p12');
    expect(back).toEqual({ certificate: issued.certificate, chain, key: issued.key });
  });

  it('return IotErrors of the operations', async () => {
    const workers = workersOf();
    const bytes = Buffer.from('hello');
    await expect(workers.readFiles([{ name: 'a.txt', bytes }])).rejects.toMatchObject({
      name: 'IotError',
      code: 'invalidInput',
      message: '"a.txt" is not a readable certificate, private key, or PKCS#12 file.',
    });
    const { key } = await engine.createAuthority({ ...root, passphrase: 'x' });
    await expect(workers.unlockKey({ pem: key })).rejects.toMatchObject({ code: 'wrongPassphrase' });
  });

  it('report errors in the display language', async () => {
    const workers = workersOf({
      locale: 'de',
      translations: { '{0} has more than {1} parts.': '{0} hat mehr als {1} Teile.' },
    });
    const bytes = Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(2000));
    await expect(workers.readFiles([{ name: 'a.pem', bytes }])).rejects.toThrow(
      '"a.pem" hat mehr als 1.000 Teile.',
    );
  });

  it('are canceled immediately, even while the thread computes', async () => {
    const busy = path.join(openssl.folder, 'busy');
    const file = program(
      'busy',
      `if (args[0].pem === 'busy') { require('node:fs').writeFileSync(${JSON.stringify(busy)}, ''); for (;;); } answer(args[0].pem);`,
    );
    const workers = workersOf({ workers: 1 }, file);
    const abort = new AbortController();
    const order: string[] = [];
    const canceled = workers.unlockKey({ pem: 'busy' }, abort.signal).catch((error: Error) => {
      order.push(error.name);
    });
    const waiting = workers.unlockKey({ pem: 'next' }).then((next) => order.push(next));
    // The event loop continues while the thread computes.
    await expect.poll(() => existsSync(busy)).toBe(true);
    order.push('busy');
    abort.abort();
    await canceled;
    order.push('after');
    await waiting;
    expect(order).toEqual(['busy', 'AbortError', 'after', 'next']);
    const before = new AbortController();
    before.abort();
    await expect(workers.createAuthority(root, before.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('drop a queued call when it is canceled', async () => {
    const file = program('slow', `setTimeout(() => answer(args[0].pem), 50);`);
    const workers = workersOf({ workers: 1 }, file);
    const abort = new AbortController();
    const first = workers.unlockKey({ pem: 'first' });
    const second = workers.unlockKey({ pem: 'second' }, abort.signal);
    const third = workers.unlockKey({ pem: 'third' });
    abort.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect(await Promise.all([first, third])).toEqual(['first', 'third']);
  });

  it('are replaced after a crash', async () => {
    const file = program(
      'crash',
      `if (args[0].pem === 'crash') throw new Error('boom'); if (args[0].pem === 'exit') process.exit(3); answer(args[0].pem);`,
    );
    const workers = workersOf({ workers: 1 }, file);
    const calls = ['a', 'crash', 'b', 'exit', 'c'].map((pem) =>
      workers.unlockKey({ pem }).catch((error: { code: string; message: string }) => error),
    );
    const [a, crash, b, exit, c] = await Promise.all(calls);
    expect([a, b, c]).toEqual(['a', 'b', 'c']);
    for (const failure of [crash, exit]) {
      expect(failure).toMatchObject({ name: 'IotError', code: 'serviceFailed' });
    }
  });

  it('report a missing worker file', async () => {
    const workers = workersOf({}, path.join(openssl.folder, 'missing.js'));
    await expect(workers.createAuthority(root)).rejects.toMatchObject({
      code: 'setupMissing',
      message: expect.stringContaining('missing.js') as string,
    });
  });

  it('end when idle and start again with the next call', async () => {
    const file = program('thread', `answer(require('node:worker_threads').threadId);`);
    const workers = workersOf({ workers: 1, idleMs: 30 }, file);
    const thread = () => workers.unlockKey({ pem: '' });
    const first = await thread();
    expect(await thread()).toBe(first);
    await expect.poll(thread, { interval: 100 }).not.toBe(first);
  });

  it('reject all calls when disposed', async () => {
    const workers = workersOf({ workers: 1 });
    const calls = [workers.createAuthority({ ...root, keyType: 'rsa-4096' }), workers.createAuthority(root)];
    workers.dispose();
    for (const call of [...calls, workers.createAuthority(root)]) {
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    }
  });
});

describe('Certificate workers that issue many certificates', () => {
  it('report certificates in order and decrypt the issuer key once', async () => {
    const locked = await engine.createAuthority(root);
    const key = await workersOf().lockKey(locked.key, 'secret');
    const issuer = { certificate: locked.certificate, key: { pem: key, passphrase: 'secret' } };
    const requests = Array.from({ length: 60 }, (_, i) =>
      device(`d${i}`, { issuer, ...(i % 5 ? {} : { keyType: 'ec-p384' }) }),
    );
    const seen: number[] = [];
    const serials = new Set<string>();
    const workers = workersOf({ workers: 3 });
    const unlock = vi.spyOn(workers, 'unlockKey');
    await workers.issueDevices(requests, (index, issued) => {
      seen.push(index);
      const certificate = parseCertificate(issued.certificate);
      serials.add(certificate.serialNumber);
      expect(certificate.subject).toBe(`CN=d${index}`);
    });
    expect(seen).toEqual(requests.map((_, i) => i));
    expect(serials.size).toBe(60);
    expect(unlock).toHaveBeenCalledTimes(1);
  });

  it('wait for a slow receiver', async () => {
    const file = program(
      'counted',
      `globalThis.made = (globalThis.made ?? 0) + 1; answer({ certificate: String(made), key: '' });`,
    );
    const made: number[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const requests = Array.from({ length: 40 }, (_, i) => device(`d${i}`));
    const workers = workersOf({ workers: 1 }, file);
    const all = workers.issueDevices(requests, async (index, { certificate }) => {
      made.push(Number(certificate));
      if (index === 0) await gate;
    });
    await expect.poll(() => made.length).toBeGreaterThan(0);
    // The same thread counts this call: the number of issued certificates is bounded by the window.
    const { certificate } = await workers.issueDevice(device('probe'));
    expect(Number(certificate)).toBeLessThanOrEqual(4);
    release();
    await all;
    expect(made).toHaveLength(40);
  });

  it('stop at the first failure and when canceled', async () => {
    const workers = workersOf({ workers: 2 });
    const requests = Array.from({ length: 50 }, (_, i) => device(`d${i}`, i === 20 ? { days: 0 } : {}));
    const seen: number[] = [];
    await expect(workers.issueDevices(requests, (index) => void seen.push(index))).rejects.toMatchObject({
      code: 'invalidInput',
    });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const abort = new AbortController();
    seen.length = 0;
    const canceled = workers.issueDevices(
      requests,
      (index) => {
        seen.push(index);
        if (index === 5) abort.abort();
      },
      abort.signal,
    );
    await expect(canceled).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    const faulty = workers.issueDevices(requests, () => {
      throw new Error('disk full');
    });
    await expect(faulty).rejects.toThrow('disk full');
    await workers.issueDevices([], () => undefined);
  });
});
