import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { trustEnvironment } from '../../../src/localHub/cli/trustEnvironment';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trust-'));
afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
let cases = 0;
let folder = '';
let warnings: string[] = [];

beforeEach(() => {
  folder = path.join(root, String(++cases));
  fs.mkdirSync(folder);
  warnings = [];
  put('hub.pem', `${pem('hub')}\n`);
  put('system.pem', `# comment\n${pem('system')}\n\n${pem('system 2')}`);
});

function put(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

/** The variables, each with the certificates in its file. */
function trusted(environment: NodeJS.ProcessEnv, systemBundles = [path.join(folder, 'system.pem')]) {
  const variables = trustEnvironment({
    caFile: path.join(folder, 'hub.pem'),
    folder,
    environment,
    systemBundles,
    warn: (text) => warnings.push(text),
  });
  const certificatesIn = (file: string) =>
    [...fs.readFileSync(file, 'utf8').matchAll(/^-----BEGIN.*\r?\n(.*)\r?\n-----END.*$/gm)].map(
      ([, text]) => text,
    );
  return Object.fromEntries(Object.entries(variables).map(([name, file]) => [name, certificatesIn(file)]));
}

const system = ['hub', 'system', 'system 2'];
const alone = {
  NODE_EXTRA_CA_CERTS: ['hub'],
  SSL_CERT_FILE: system,
  REQUESTS_CA_BUNDLE: system,
  CURL_CA_BUNDLE: system,
};

describe('The environment of exec', () => {
  it('trusts the hub and the system', () => {
    expect(trusted({})).toEqual(alone);
    expect(warnings).toEqual([]);
  });

  it.each<[string, string, Record<string, string[]>]>([
    ['NODE_EXTRA_CA_CERTS', 'Node.js adds the file to its own', { NODE_EXTRA_CA_CERTS: ['hub', 'own'] }],
    ['SSL_CERT_FILE', 'curl too', { SSL_CERT_FILE: ['hub', 'own'], CURL_CA_BUNDLE: ['hub', 'own'] }],
    ['REQUESTS_CA_BUNDLE', '', { REQUESTS_CA_BUNDLE: ['hub', 'own'] }],
    [
      'CURL_CA_BUNDLE',
      'Requests too',
      { CURL_CA_BUNDLE: ['hub', 'own'], REQUESTS_CA_BUNDLE: ['hub', 'own'] },
    ],
    ['GIT_SSL_CAINFO', '', { GIT_SSL_CAINFO: ['hub', 'own'] }],
    ['PIP_CERT', '', { PIP_CERT: ['hub', 'own'] }],
  ])('joins an existing %s %s', (name, _, joined) => {
    expect(trusted({ [name]: put('own.pem', pem('own')) })).toEqual({ ...alone, ...joined });
  });

  it('joins different files', () => {
    const file = (name: string) => put(`${name}.pem`, pem(name));
    const joined = trusted({
      SSL_CERT_FILE: file('a'),
      REQUESTS_CA_BUNDLE: file('b'),
      CURL_CA_BUNDLE: file('c'),
      NODE_EXTRA_CA_CERTS: file('d'),
    });
    expect(joined).toEqual({
      SSL_CERT_FILE: ['hub', 'a'],
      REQUESTS_CA_BUNDLE: ['hub', 'b'],
      CURL_CA_BUNDLE: ['hub', 'c'],
      NODE_EXTRA_CA_CERTS: ['hub', 'd'],
    });
  });

  it('joins files with a byte order mark, Windows line ends, other text, and no line end', () => {
    const text = `\uFEFF${pem('a')} ${pem('b').replaceAll('\n', '\r\n')}\r\n-----BEGIN PRIVATE KEY-----\nk\n`;
    const source = put('own.pem', text);
    expect(trusted({ SSL_CERT_FILE: source }).SSL_CERT_FILE).toEqual(['hub', 'a', 'b']);
  });

  it('joins the files of a folder once each', () => {
    const certificates = path.join(folder, 'certificates');
    fs.mkdirSync(path.join(certificates, 'sub'), { recursive: true });
    put('certificates/a.pem', pem('a'));
    put('certificates/0123abcd.0', pem('a'));
    put('certificates/b.crt', pem('b'));
    fs.symlinkSync('nowhere', path.join(certificates, 'dangling'));
    const { REQUESTS_CA_BUNDLE: joined } = trusted({ REQUESTS_CA_BUNDLE: certificates });
    expect([joined?.[0], ...(joined?.slice(1).sort() ?? [])]).toEqual(['hub', 'a', 'b']);
  });

  it('joins the folders of SSL_CERT_DIR for curl, which does not read SSL_CERT_FILE then', () => {
    for (const name of ['one', 'two']) {
      fs.mkdirSync(path.join(folder, name));
      put(`${name}/c.pem`, pem(name));
    }
    const SSL_CERT_DIR = ['one', 'two', 'missing']
      .map((name) => path.join(folder, name))
      .join(path.delimiter);
    const joined = { ...alone, CURL_CA_BUNDLE: [...system, 'one', 'two'] };
    expect(trusted({ SSL_CERT_DIR })).toEqual(joined);
    const own = put('own.pem', pem('own'));
    expect(trusted({ SSL_CERT_DIR, SSL_CERT_FILE: own }).CURL_CA_BUNDLE).toEqual([
      'hub',
      'own',
      'one',
      'two',
    ]);
    expect(trusted({ SSL_CERT_DIR, CURL_CA_BUNDLE: own }).CURL_CA_BUNDLE).toEqual(['hub', 'own']);
    expect(warnings).toEqual([]);
  });

  it('ignores variables that are empty', () => {
    expect(trusted({ SSL_CERT_FILE: '', GIT_SSL_CAINFO: '', NODE_EXTRA_CA_CERTS: '' })).toEqual(alone);
    expect(warnings).toEqual([]);
  });

  it('warns once about a file that is missing or contains no certificate', () => {
    const missing = path.join(folder, 'missing.pem');
    const empty = put('empty.pem', 'nothing');
    expect(
      trusted({
        NODE_EXTRA_CA_CERTS: missing,
        SSL_CERT_FILE: missing,
        REQUESTS_CA_BUNDLE: missing,
        CURL_CA_BUNDLE: empty,
      }),
    ).toEqual(alone);
    expect(warnings).toEqual([
      expect.stringMatching(/^NODE_EXTRA_CA_CERTS is ignored: ENOENT: .*missing\.pem'\.$/),
      `CURL_CA_BUNDLE is ignored: ${empty} contains no certificate in PEM format.`,
    ]);
  });

  it('uses the certificates of Node.js where the system has no bundle', () => {
    trusted({}, [path.join(folder, 'missing.pem'), put('empty.pem', '')]);
    const [file] = fs.readdirSync(folder).filter((name) => name.startsWith('ca-bundle'));
    const text = fs.readFileSync(path.join(folder, file ?? ''), 'utf8');
    expect(text.startsWith(pem('hub'))).toBe(true);
    expect(text.match(/-----BEGIN CERTIFICATE-----/g)?.length).toBeGreaterThan(50);
  });
});
