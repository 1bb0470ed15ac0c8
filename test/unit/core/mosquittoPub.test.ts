import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteAnyShell, quotePowerShell, quoteSh } from '../../../src/core/base/shellQuoting';
import { opensslProofCommands } from '../../../src/core/certificate/opensslCommands';
import { mosquittoPubCommand } from '../../../src/core/mqtt/mosquittoPub';
import { type MqttSettings } from '../../../src/core/mqtt/mqttSettings';

const token = 'SharedAccessSignature sr=localhost%2Fdevices&sig=a%2Bb&se=1';
const settings: MqttSettings = {
  host: 'localhost',
  port: 8883,
  caFile: "/home/o'neil/my hub/ca.pem",
  clientId: "it's-$1(a)*",
  userName: "localhost/it's-$1(a)*/?api-version=2021-04-12",
  topic: "devices/it's-$1(a)*/messages/events/$.ct=application%2Fjson&$.ce=utf-8",
  credentials: { kind: 'sas', password: token, expiresAt: 0 },
};

/** The arguments that a POSIX shell parses from a command line. */
function shellWords(line: string): string[] {
  const script = `mosquitto_pub() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe.skipIf(process.platform === 'win32')('mosquitto_pub command for sh', () => {
  it('passes every argument unchanged', () => {
    expect(shellWords(mosquittoPubCommand(settings, `{"it's": "$HOME"}`, 'sh'))).toEqual([
      ...['-V', 'mqttv311', '-h', 'localhost', '-p', '8883', '--cafile', settings.caFile],
      ...['-i', settings.clientId, '-u', settings.userName, '-P', token],
      ...['-q', '1', '-t', settings.topic, '-m', `{"it's": "$HOME"}`],
    ]);
  });

  const certificateFile = "/home/o'neil/my devices/für $1.pem";
  const byCertificate: MqttSettings = {
    ...settings,
    credentials: { kind: 'x509', certificateFile, keyFile: `${certificateFile}.key`, isKeyEncrypted: true },
  };

  it('contains certificate files instead of a password', () => {
    const words = shellWords(mosquittoPubCommand(byCertificate, 'x', 'sh'));
    expect(words).toEqual(
      expect.arrayContaining(['--cert', certificateFile, '--key', `${certificateFile}.key`]),
    );
    expect(words).not.toContain('-P');
  });

  it('omits --cafile if there is none', () => {
    expect(mosquittoPubCommand({ ...settings, caFile: undefined }, 'x', 'sh')).not.toContain('--cafile');
  });

  it('passes any text unchanged', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((value) => !value.includes('\0') && !/[\ud800-\udfff]/u.test(value));
    const words = fc.array(text, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, (values) => {
        expect(shellWords(`mosquitto_pub ${values.map(quoteSh).join(' ')}`)).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });
});

const unseen = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u;
const hidden = [
  'a\u202eb',
  '\u2066x\u2069',
  '\u001b[31m',
  'a\tb\r',
  '\u200b',
  '\u{e0041}',
  "it's\u202e$HOME`%!",
];

describe.skipIf(process.platform === 'win32')('an argument for sh', () => {
  it.each([
    '=ls',
    '~/x',
    '!!',
    '-x',
    '$(id)',
    '`id`',
    'a;b',
    'a&&b',
    '*',
    '#x',
    '%s',
    "'",
    '',
    'a\nb\n',
    ...hidden,
  ])('has no meaning of its own: %j', (text) => {
    const quoted = quoteSh(text);
    expect(quoted).not.toMatch(/^[=~!#]|^[^'"]*[$`*;&]/);
    expect(quoted).not.toMatch(unseen);
    expect(shellWords(`mosquitto_pub ${quoted}`)).toEqual([text]);
  });

  it.each(hidden)('has no hidden characters as a payload either: %j', (payload) => {
    const line = mosquittoPubCommand(settings, payload, 'sh');
    expect(line).not.toMatch(unseen);
    expect(line).toMatch(/^printf /);
    const script = `mosquitto_pub() { cat; }\n${line}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(payload);
  });
});

it('an argument has the same quotes for all shells unless it has special characters', () => {
  const id = '/subscriptions/0/resourceGroups/rg (1)/providers/Microsoft.Devices/IotHubs/h';
  expect(quoteAnyShell(id)).toBe(`"${id}"`);
  for (const text of ['/a/$(id)', '`id`', '!x', '%PATH%', 'a"b', 'a\\b', '\u202e'])
    expect(quoteAnyShell(text)).toBe(quoteSh(text));
});

describe('an argument for PowerShell', () => {
  it.each(['=ls', '@x', '--%', '$(id)', '`n', 'a;b', '%x', ...hidden])(
    'has no meaning of its own: %j',
    (text) => {
      const quoted = quotePowerShell(text);
      expect(quoted).toMatch(/^\(?'/);
      expect(quoted).not.toMatch(unseen);
      const line = mosquittoPubCommand(settings, text, 'powershell');
      expect(line).not.toMatch(unseen);
    },
  );

  it('is an expression if characters are hidden', () => {
    expect(quotePowerShell("a\u202e'b\u{e0041}")).toBe(
      "('a' + [char]8238 + '''b' + [char]::ConvertFromUtf32(917569))",
    );
  });
});

it('commands of OpenSSL have no line of their own in the comment', () => {
  expect(opensslProofCommands('code\nrm -rf x').split('\n')[0]).toBe(
    '# Proof of possession for Azure IoT Hub, verification code code\\u000arm -rf x',
  );
});

describe('mosquitto_pub command for PowerShell', () => {
  it('passes the payload on standard input, where no version changes its quotes', () => {
    const line = mosquittoPubCommand(settings, `{"it's": 1}`, 'powershell');
    expect(line).toMatch(/^'\{"it''s": 1\}' \| mosquitto_pub -V mqttv311 /);
    expect(line).toMatch(/ -l$/);
    expect(line).toContain(`-i 'it''s-$1(a)*'`);
    expect(line).toContain(`'devices/it''s-$1(a)*/messages/events/$.ct=application%2Fjson&$.ce=utf-8'`);
  });

  it('sets UTF-8 only if the payload requires it', () => {
    expect(mosquittoPubCommand(settings, 'warm', 'powershell')).not.toContain('OutputEncoding');
    expect(mosquittoPubCommand(settings, 'wärm', 'powershell')).toMatch(/^\$OutputEncoding = .*; 'wärm'/);
  });

  it('doubles every kind of single quote, since PowerShell also accepts typographic ones', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '‘', '’', '‚', '‛', '$', '"', 'a', ' ') }),
        (text) => {
          const quoted = quotePowerShell(text);
          if (quoted === text) {
            expect(/^a+$/.test(text)).toBe(true);
            return;
          }
          expect(quoted.startsWith("'") && quoted.endsWith("'")).toBe(true);
          expect(quoted.slice(1, -1).replace(/(['‘’‚‛])\1/g, '$1')).toBe(text);
        },
      ),
    );
  });
});
