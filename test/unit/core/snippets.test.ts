import { execFileSync } from 'node:child_process';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { telemetryTopic, type MqttSettings } from '../../../src/core/mqtt/mqttSettings';
import { createSnippet, snippetLabel, type SnippetKind } from '../../../src/core/mqtt/snippets';
import { snippetKinds } from '../../../src/webview/publish/api';
import { cLiteral, scriptLiteral, utcText } from '../../../src/core/mqtt/snippets/literals';
import { type PropertyBag } from '../../../src/core/message/propertyBag';

const token = 'SharedAccessSignature sr=my-hub.azure-devices.net%2Fdevices&sig=a%2Bb&se=1';
const bag: PropertyBag = [
  ['$.ct', 'application/json'],
  ['it', "it's 100% $HOME & more"],
];
const azure: MqttSettings = {
  host: 'my-hub.azure-devices.net',
  port: 8883,
  caFile: "/home/o'neil/my hub/ca.pem",
  clientId: "it's-1",
  userName: "my-hub.azure-devices.net/it's-1/?api-version=2021-04-12",
  topic: telemetryTopic("it's-1", bag),
  credentials: { kind: 'sas', password: token, expiresAt: Date.UTC(2031, 0, 2, 3, 4, 5) },
};
const local: MqttSettings = { ...azure, host: 'localhost', port: 18883 };
const files = { certificateFile: 'C:\\my "devices"\\d1.pem', keyFile: '/my devices/d1.key' };
const byCertificate = (isKeyEncrypted = false): MqttSettings => ({
  ...azure,
  credentials: { kind: 'x509', ...files, isKeyEncrypted },
});
const nasty = String.raw`{"q":"it's \"x\" $HOME %d \\ ü 😀 ??/"}`;
const of = (kind: SnippetKind, settings = azure, payload = nasty, qos: 0 | 1 = 1) =>
  createSnippet(kind, { settings, payload, qos });
const kinds = [...snippetKinds];
const programs = ['node', 'python', 'c'] as const;

/** Arguments of a program that a POSIX shell runs, followed by its standard input. */
function shellRun(program: string, text: string, env: NodeJS.ProcessEnv = {}): string[] {
  const words = `${program}() { for word in "$@"; do printf '%s\\0' "$word"; done; }`;
  return execFileSync('sh', ['-c', `${words}\n${text}`], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
    .split('\0')
    .slice(0, -1);
}

describe('string literals', () => {
  const text = fc.string({ unit: 'binary' });
  const wellFormed = (value: string) => value.replace(/\p{Cs}/gu, '\ufffd');

  it('of JavaScript and Python represent any text', () => {
    fc.assert(
      fc.property(text, (value) => {
        const literal = scriptLiteral(value);
        expect(vm.runInNewContext(literal)).toBe(wellFormed(value));
        expect(literal).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
    expect(scriptLiteral('\u2028\u007f\u202e\ud800')).toBe('"\\u2028\\u007f\\u202e\ufffd"');
  });

  it('of C are ASCII, end each escape after three digits and have no trigraph', () => {
    expect(cLiteral('ü1')).toBe('"\\303\\2741"');
    expect(cLiteral('\u00017\0')).toBe('"\\0017\\000"');
    expect(cLiteral('??/"\\')).toBe('"\\?\\?/\\"\\\\"');
    expect(cLiteral('a\r\n\tb\n', '  ')).toBe('"a\\r\\n"\n  "\\tb\\n"');
    expect(cLiteral('')).toBe('""');
  });

  it('of C represent any text', () => {
    const simple: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
    const escape = /\\([0-7]{1,3}|.)/g;
    const meaning = (literal: string) =>
      [...literal.matchAll(/"((?:[^"\\\n]|\\.)*)"\n?/g)]
        .map(([, inner = '']) =>
          inner.replace(escape, (_, code: string) =>
            /^[0-7]/.test(code) ? String.fromCharCode(parseInt(code, 8)) : (simple[code] ?? code),
          ),
        )
        .join('');
    fc.assert(
      fc.property(text, (value) => {
        const literal = cLiteral(value);
        expect(literal).toMatch(/^[\x20-\x7e\n]*$/);
        expect(literal).not.toContain('??');
        expect(Buffer.from(meaning(literal), 'latin1').toString()).toBe(wellFormed(value));
      }),
    );
  });

  it('of times are in UTC', () => {
    expect(utcText(Date.UTC(2031, 0, 2, 3, 4, 5))).toBe('2031-01-02 03:04:05 UTC');
  });
});

describe('code snippet', () => {
  it.each(kinds)('has a label: %s', (kind) => {
    expect(snippetLabel(kind)).not.toBe('');
  });

  it.each(programs)('states how long its token is valid: %s', (kind) => {
    expect(of(kind)).toContain('valid until 2031-01-02 03:04:05 UTC');
    expect(of(kind)).toContain(token);
  });

  it.each(programs)('contains certificate files instead of a token: %s', (kind) => {
    const text = of(kind, byCertificate());
    expect(text).not.toContain('token');
    expect(text).toContain('"C:\\\\my \\"devices\\"\\\\d1.pem"');
    expect(text).toContain('"/my devices/d1.key"');
    expect(text).not.toContain('KEY_PASSPHRASE');
  });

  it.each([...programs, 'az'] as const)('reads a passphrase from the environment: %s', (kind) => {
    expect(of(kind, byCertificate(true))).toContain('KEY_PASSPHRASE');
  });

  it.each(programs)('trusts the CAs of the system without a CA file: %s', (kind) => {
    const text = of(kind, { ...azure, caFile: undefined });
    expect(text).not.toContain('ca.pem');
    if (kind === 'c') expect(text).toContain('MOSQ_OPT_TLS_USE_OS_CERTS');
  });

  it('is valid JavaScript for Node.js', () => {
    for (const settings of [azure, byCertificate(), byCertificate(true)]) {
      expect(() => new vm.Script(`(async (require, process) => {${of('node', settings)}})`)).not.toThrow();
    }
  });

  it('contains the QoS', () => {
    expect(of('mosquittoSh', azure, 'x', 0)).toContain(' -q 0 ');
    expect(of('mosquittoPowerShell', azure, 'x', 0)).toContain(' -q 0 ');
    expect(of('node', azure, 'x', 0)).toContain('{ qos: 0 }');
    expect(of('python', azure, 'x', 0)).toContain('qos=0');
    expect(of('c', azure, 'x', 0)).toContain('payload, 0, false');
    expect(of('az', azure, 'x', 0)).toContain('# az always publishes with QoS 1.');
  });
});

describe.skipIf(process.platform === 'win32')('Azure CLI snippet', () => {
  it('passes every argument unchanged', () => {
    const data = `${nasty}\nline 2`;
    expect(shellRun('az', of('az', azure, data))).toEqual([
      ...['iot', 'device', 'send-d2c-message', '--hub-name', 'my-hub', '--device-id', "it's-1"],
      ...['--data', data, '--properties', "$.ct=application/json;it=it's 100% $HOME & more"],
    ]);
  });

  it('contains the certificate files and passes the passphrase', () => {
    const words = shellRun('az', of('az', byCertificate(true), '-1'), { KEY_PASSPHRASE: 'let me "in"' });
    expect(words.slice(7)).toEqual([
      ...['--certificate-file-path', files.certificateFile, '--key-file-path', files.keyFile],
      ...['--data=-1', '--properties', "$.ct=application/json;it=it's 100% $HOME & more"],
      ...['--passphrase', 'let me "in"'],
    ]);
  });

  it('omits --properties if there are none', () => {
    expect(of('az', { ...azure, topic: telemetryTopic('d1', []) })).not.toContain('--properties');
  });

  it.each(['localhost', '127.0.0.1', '::1'])(
    'falls back to mosquitto_pub with a reason for host %s',
    (host) => {
      const settings = { ...local, host };
      const [first = '', ...rest] = of('az', settings).split('\n');
      expect(first).toMatch(/^# Uses mosquitto_pub because az iot device supports only hubs in Azure\./);
      expect(rest.join('\n')).toBe(of('mosquittoSh', settings));
    },
  );

  it.each<[string, PropertyBag, string]>([
    ['a semicolon in a value', [['a', '1;2']], 'x'],
    ['an equals sign in a name', [['a=b', '1']], 'x'],
    [
      'a duplicate name',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      'x',
    ],
    ['a control character', [], 'a\tb'],
    ['a value that az interprets as a file name', [], '@home'],
  ])('falls back to mosquitto_pub for what az cannot send: %s', (_, properties, payload) => {
    const settings = { ...azure, topic: telemetryTopic('d1', properties) };
    expect(of('az', settings, payload)).toMatch(
      /^# Uses mosquitto_pub because az .*\.\nmosquitto_pub |^# Uses mosquitto_pub because az .*\nprintf /,
    );
  });
});

describe.skipIf(process.platform === 'win32')('mosquitto_pub snippet for sh', () => {
  it('keeps line breaks in the argument', () => {
    expect(shellRun('mosquitto_pub', of('mosquittoSh', azure, 'a\n b\n')).slice(-2)).toEqual([
      '-m',
      'a\n b\n',
    ]);
  });

  it('sends control characters over standard input', () => {
    const payload = "\0\r\n\t100% 'it' \\n \u009b \u00017ü";
    const text = of('mosquittoSh', azure, payload);
    expect(text).toMatch(/ -s$/);
    expect(text).not.toMatch(/\p{Cc}/u);
    const received = execFileSync('sh', ['-c', `mosquitto_pub() { cat; }\n${text}`]);
    expect(received.toString('hex')).toBe(Buffer.from(payload).toString('hex'));
  });

  it('sends an empty message with -n', () => {
    expect(shellRun('mosquitto_pub', of('mosquittoSh', azure, '')).at(-1)).toBe('-n');
  });
});

describe('mosquitto_pub snippet for PowerShell', () => {
  it('sends several lines in a file, since a pipe would add a line break', () => {
    const text = of('mosquittoPowerShell', azure, "{\n  \"it's\": 'ü'\r\n}");
    expect(text).not.toContain('\n');
    expect(text).toContain(
      `WriteAllText($file, ('{' + [char]10 + '  "it''s": ''ü''' + [char]13 + [char]10 + '}'));`,
    );
    expect(text).toMatch(/ -f \$file; Remove-Item \$file$/);
  });

  it('starts with a string operand, so that the expression is a string', () => {
    expect(of('mosquittoPowerShell', azure, '\n')).toContain(`('' + [char]10)`);
  });

  it('sends an empty message with -n', () => {
    expect(of('mosquittoPowerShell', azure, '')).toMatch(/^mosquitto_pub .* -n$/);
  });
});
