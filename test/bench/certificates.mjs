// Certificates by the extension's workers compared with openssl commands, in pairs with alternating order.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { root } from '../host/paths.mjs';

const run = promisify(execFile);
const passphrase = 'bench passphrase';
const keyTypes = ['ec-p256', 'ec-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'];
/** Key derivation rounds: the default of openssl, and those of the extension. */
const derivations = [2_048, 600_000];
const workers = Math.min(os.availableParallelism(), 4);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 1) => Number(value.toFixed(digits));

/**
 * @param {{ rounds: number, devices: number, rsaDevices: number }} counts
 * @returns contents of bench.json
 */
export async function measureCertificates({ rounds, devices, rsaDevices }) {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-bench-certificates-'));
  try {
    const ours = await build(folder);
    const flow = await measureFlow(ours, folder, rounds);
    const pkcs12 = await measurePkcs12(ours, folder, rounds);
    const bulk = [];
    bulk.push(await measureBulk(ours, folder, 'ec-p256', devices));
    bulk.push(await measureBulk(ours, folder, 'rsa-2048', rsaDevices));
    console.log(
      `\nDevice certificates under one authority of the same key type, ${workers} workers, compared with a shell loop of openssl` +
        '\n(genpkey, req, x509 for each device, with a plain CA key). "kept" also writes them to the store.',
    );
    console.table(
      Object.fromEntries(
        bulk.map(({ keyType, count, ...rest }) => [
          `${count} × ${keyType}`,
          Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, round(value)])),
        ]),
      ),
    );
    return { openssl: (await run('openssl', ['version'])).stdout.trim(), workers, flow, pkcs12, bulk };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Built as the extension is, but not in dist, which other processes may be using.
async function build(folder) {
  const worker = path.join(folder, 'certificateWorker.js');
  const library = path.join(folder, 'library.cjs');
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    keepNames: true,
    mainFields: ['module', 'main'],
  };
  buildSync({ ...shared, entryPoints: ['src/certificates/workers/certificateWorker.ts'], outfile: worker });
  const contents = `
    export { CertificateWorkers } from './src/certificates/workers/certificateWorkers';
    export { AuthorityFolders } from './src/certificates/authorityFolders';`;
  buildSync({ ...shared, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile: library });
  const { CertificateWorkers, AuthorityFolders } = (await import(pathToFileURL(library).href)).default;
  const open = (options) => new CertificateWorkers(worker, options);
  return { open, AuthorityFolders };
}

async function measureFlow({ open }, folder, rounds) {
  const pools = new Map(derivations.map((count) => [count, open({ rounds: count })]));
  const results = [];
  try {
    // The first call starts a worker and is reported separately.
    const cold = performance.now();
    await ourFlow(pools.get(2_048), 'ec-p256');
    const firstMs = performance.now() - cold;
    await ourFlow(pools.get(600_000), 'rsa-2048');
    for (const keyType of keyTypes) {
      const turns = keyType === 'rsa-4096' ? Math.ceil(rounds / 2) : rounds;
      for (const count of derivations) {
        const pairs = [];
        for (let turn = 0; turn < turns; turn++) {
          const sides = {
            ours: () => ourFlow(pools.get(count), keyType),
            openssl: () => opensslFlow(folder, keyType, count),
          };
          const order = turn % 2 ? ['openssl', 'ours'] : ['ours', 'openssl'];
          const pair = {};
          for (const name of order) {
            const from = performance.now();
            await sides[name]();
            pair[name] = performance.now() - from;
          }
          pairs.push(pair);
        }
        results.push({ keyType, derivationRounds: count, pairs });
      }
    }
    console.log(
      '\nAn authority with an encrypted key, its verification certificate and a device certificate (median, ms).' +
        '\nopenssl: 6 commands with 2,048 rounds of PBKDF2; a seventh re-encrypts the key with 600,000, as the extension does.' +
        `\nThe first run, including the start of the worker, took ${round(firstMs)} ms (ec-p256, 2,048 rounds).`,
    );
    console.table(
      Object.fromEntries(
        results.map(({ keyType, derivationRounds, pairs }) => [
          `${keyType}, ${derivationRounds}`,
          {
            ours: round(median(pairs.map(({ ours }) => ours))),
            openssl: round(median(pairs.map(({ openssl }) => openssl))),
            'ratio (median of pairs)': round(median(pairs.map(({ ours, openssl }) => ours / openssl)), 2),
            pairs: pairs.length,
          },
        ]),
      ),
    );
    return { firstMs, results };
  } finally {
    for (const pool of pools.values()) pool.dispose();
  }
}

async function ourFlow(pool, keyType) {
  const now = Date.now();
  const authority = await pool.createAuthority({
    subject: { commonName: 'Bench CA' },
    keyType,
    days: 365,
    now,
    passphrase,
  });
  const issuer = { certificate: authority.certificate, key: { pem: authority.key, passphrase } };
  await pool.issueVerification({ code: '0123456789ABCDEF', issuer, now });
  await pool.issueDevice({ deviceId: 'bench', keyType, days: 30, now, issuer });
}

const algorithms = {
  'ec-p256': ['ec', 'ec_paramgen_curve:P-256'],
  'ec-p384': ['ec', 'ec_paramgen_curve:P-384'],
  'rsa-2048': ['rsa', 'rsa_keygen_bits:2048'],
  'rsa-3072': ['rsa', 'rsa_keygen_bits:3072'],
  'rsa-4096': ['rsa', 'rsa_keygen_bits:4096'],
};

/** The same three certificates; the verification certificate has the key type that the extension uses. */
async function opensslFlow(folder, keyType, derivationRounds) {
  const openssl = (...args) => run('openssl', args, { cwd: folder });
  const [algorithm, option] = algorithms[keyType];
  const [proofAlgorithm, proofOption] = algorithms[keyType.startsWith('rsa') ? 'rsa-2048' : 'ec-p256'];
  const pass = `pass:${passphrase}`;
  const key = ['-algorithm', algorithm, '-pkeyopt', option];
  if (derivationRounds === 2_048) {
    await openssl('genpkey', ...key, '-aes-256-cbc', '-pass', pass, '-out', 'ca.key');
  } else {
    await openssl('genpkey', ...key, '-out', 'ca.plain');
    const count = String(derivationRounds);
    await openssl(
      ...'pkcs8 -topk8 -v2 aes-256-cbc -in ca.plain -out ca.key -iter'.split(' '),
      count,
      '-passout',
      pass,
    );
  }
  await openssl(
    ...'req -x509 -new -key ca.key -days 365 -out ca.pem -subj'.split(' '),
    '/CN=Bench CA',
    '-passin',
    pass,
  );
  for (const [name, type, options] of [
    ['0123456789ABCDEF', proofAlgorithm, proofOption],
    ['bench', algorithm, option],
  ]) {
    const request = [
      '-pkeyopt',
      options,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    ];
    await openssl('req', '-new', '-nodes', '-newkey', type, ...request);
    const signed = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-days', '30', '-passin', pass];
    await openssl(...'x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial'.split(' '), ...signed);
  }
}

/** Encryption and MAC of PKCS#12 files, with numbers of iterations from the default of openssl to those of careful tools. */
const pkcs12Files = [
  ['SHA-256', 2_048, []],
  ['SHA-256', 600_000, []],
  ['SHA-256', 1_000_000, []],
  ['SHA-1, 3DES', 1_000_000, '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'.split(' ')],
];

/** Reads PKCS#12 files of openssl, in pairs with openssl. */
async function measurePkcs12({ open }, folder, rounds) {
  const pool = open({});
  const openssl = (...args) => run('openssl', args, { cwd: folder });
  const pass = `pass:${passphrase}`;
  try {
    await openssl(...'req -x509 -newkey rsa:2048 -nodes -keyout p.key -out p.pem -subj /CN=p'.split(' '));
    const results = [];
    for (const [algorithms, iterations, options] of pkcs12Files) {
      const file = ['-out', 'p.p12', '-iter', String(iterations), '-passout', pass];
      await openssl(...'pkcs12 -export -in p.pem -inkey p.key'.split(' '), ...options, ...file);
      const bytes = readFileSync(path.join(folder, 'p.p12'));
      const sides = {
        ours: () => pool.readFiles([{ name: 'p.p12', bytes }], passphrase),
        openssl: () => openssl(...'pkcs12 -in p.p12 -nodes -passin'.split(' '), pass),
      };
      await sides.ours();
      const pairs = [];
      for (let turn = 0; turn < rounds; turn++) {
        const pair = {};
        for (const name of turn % 2 ? ['openssl', 'ours'] : ['ours', 'openssl']) {
          pair[name] = (await timed(sides[name])).ms;
        }
        pairs.push(pair);
      }
      results.push({ algorithms, iterations, pairs });
    }
    console.log('\nReading a PKCS#12 file of openssl (median, ms).');
    console.table(
      Object.fromEntries(
        results.map(({ algorithms, iterations, pairs }) => [
          `${algorithms}, ${iterations}`,
          {
            ours: round(median(pairs.map(({ ours }) => ours))),
            openssl: round(median(pairs.map(({ openssl }) => openssl))),
            'ratio (median of pairs)': round(median(pairs.map(({ ours, openssl }) => ours / openssl)), 2),
            pairs: pairs.length,
          },
        ]),
      ),
    );
    return results;
  } finally {
    pool.dispose();
  }
}

async function measureBulk({ open, AuthorityFolders }, folder, keyType, count) {
  const pool = open({});
  const single = open({ workers: 1 });
  try {
    const now = Date.now();
    const subject = { commonName: 'Bench CA' };
    const authority = await pool.createAuthority({ subject, keyType, days: 365, now, passphrase });
    const issuer = { certificate: authority.certificate, key: { pem: authority.key, passphrase } };
    const requests = Array.from({ length: count }, (_, i) => ({
      deviceId: `d${i}`,
      keyType,
      days: 30,
      now,
      issuer,
    }));
    const issued = await timed(() => pool.issueDevices(requests, () => undefined));
    const alone = await timed(() => single.issueDevices(requests, () => undefined));

    const place = path.join(folder, `store-${keyType}`);
    const store = new AuthorityFolders({
      defaultFolder: () => place,
      registryFile: path.join(place, 'registry.json'),
    });
    const added = { name: 'Bench CA', chain: [], ...authority, isKeyEncrypted: true };
    const { id: authorityId } = await store.add(added);
    const kept = await timed(async () => {
      let batch = [];
      const flush = async () => {
        const all = batch;
        batch = [];
        await store.addAllIssued(all);
      };
      await pool.issueDevices(requests, async (index, made) => {
        batch.push({ authorityId, deviceId: `d${index}`, ...made, isKeyEncrypted: false });
        if (batch.length === 100) await flush();
      });
      await flush();
    });
    if ((await store.issued()).length !== count) throw new Error('The store did not keep all certificates.');

    writeFileSync(path.join(folder, 'bulk.pem'), authority.certificate);
    writeFileSync(path.join(folder, 'bulk.key'), await pool.unlockKey(issuer.key));
    const [algorithm, option] = algorithms[keyType];
    const script = `i=0; while [ $i -lt ${count} ]; do
      openssl genpkey -algorithm ${algorithm} -pkeyopt ${option} -out d$i.key &&
      openssl req -new -key d$i.key -subj /CN=d$i -out d$i.csr &&
      openssl x509 -req -in d$i.csr -CA bulk.pem -CAkey bulk.key -CAcreateserial -days 30 -out d$i.pem || exit 1
      i=$((i+1)); done`;
    const openssl = await timed(() =>
      run('sh', ['-c', script], { cwd: folder, maxBuffer: 64 * 1024 * 1024 }),
    );
    return {
      keyType,
      count,
      issuedMs: issued.ms,
      longestBlockMs: issued.longestBlockMs,
      oneWorkerMs: alone.ms,
      keptMs: kept.ms,
      keptLongestBlockMs: kept.longestBlockMs,
      opensslMs: openssl.ms,
    };
  } finally {
    pool.dispose();
    single.dispose();
  }
}

/** The longest block is measured on this thread's event loop, as it would affect an extension host. */
async function timed(action) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const from = performance.now();
  await action();
  const ms = performance.now() - from;
  delay.disable();
  return { ms, longestBlockMs: delay.max / 1e6 };
}
