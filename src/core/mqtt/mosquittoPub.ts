import { type MqttLogin, type MqttSettings } from './mqttSettings';

export type Shell = 'sh' | 'powershell';

/** One word of a POSIX shell. */
export function quoteSh(text: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** One word of PowerShell, which takes the typographic quotes for quotes too. */
export function quotePowerShell(text: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) && !text.startsWith('-') ? text : powerShellLiteral(text);
}

const powerShellLiteral = (text: string) => `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;

/** A passphrase has no place on a command line: mosquitto_pub asks for that of an encrypted key. */
function loginOptions(login: MqttLogin): readonly (readonly [string, string])[] {
  return login.kind === 'sas'
    ? [['-P', login.password]]
    : [
        ['--cert', login.certificateFile],
        ['--key', login.keyFile],
      ];
}

/** A `mosquitto_pub` command line that publishes once, ready to paste. It may hold the device's token. */
export function mosquittoPubCommand(
  settings: MqttSettings,
  payload: string,
  shell: Shell,
  qos: 0 | 1 = 1,
): string {
  const options: readonly (readonly [string, string])[] = [
    ['-V', 'mqttv311'],
    ['-h', settings.host],
    ['-p', String(settings.port)],
    ...(settings.caFile ? ([['--cafile', settings.caFile]] as const) : []),
    ['-i', settings.clientId],
    ['-u', settings.userName],
    ...loginOptions(settings.login),
    ['-q', String(qos)],
    ['-t', settings.topic],
  ];
  const quote = shell === 'sh' ? quoteSh : quotePowerShell;
  const words = options.map(([name, value]) => `${name} ${quote(value)}`).join(' ');
  return shell === 'sh' ? shCommand(words, payload) : powerShellCommand(words, payload);
}

/**
 * Windows PowerShell drops double quotes inside arguments of programs and PowerShell 7 does not, so the
 * payload goes a way that is the same in both. A payload of one line goes over standard input: PowerShell
 * ends what it pipes with a line break, which `-l` takes off again. For one of more lines `-l` would send
 * each alone, and `-s` would send PowerShell's line break too, so that goes by a file, byte for byte.
 */
function powerShellCommand(words: string, payload: string): string {
  if (payload === '') return `mosquitto_pub ${words} -n`;
  if (powerShellControl.test(payload)) {
    return [
      '$file = [System.IO.Path]::GetTempFileName()',
      // UTF-8 without a byte order mark.
      `[System.IO.File]::WriteAllText($file, (${powerShellText(payload)}))`,
      `mosquitto_pub ${words} -f $file`,
      'Remove-Item $file',
    ].join('; ');
  }
  const utf8 = /[^\x20-\x7e]/.test(payload)
    ? '$OutputEncoding = [System.Text.UTF8Encoding]::new($false); '
    : '';
  return `${utf8}${powerShellLiteral(payload)} | mosquitto_pub ${words} -l`;
}

/** What a console would act upon, or change, when it is pasted. */
const powerShellControl = /\p{Cc}/u;

/** An expression in one line, which is a string since its first operand is one. */
function powerShellText(text: string): string {
  const parts = text.split(/(\p{Cc})/u);
  return parts
    .flatMap((part, index) => {
      if (index % 2) return [`[char]${part.charCodeAt(0)}`];
      return part === '' && index > 0 ? [] : [powerShellLiteral(part)];
    })
    .join(' + ');
}

/** By an argument if a terminal leaves the payload alone, else as octal escapes over standard input. */
function shCommand(words: string, payload: string): string {
  // An empty file or word is no message to every version of mosquitto_pub.
  if (payload === '') return `mosquitto_pub ${words} -n`;
  const escaped = payload.replace(/[\\%]|\p{Cc}/gu, (character) => {
    if (character === '%') return '%%';
    if (character === '\\') return '\\\\';
    return octalBytes(character);
  });
  return shControl.test(payload)
    ? `printf ${quoteSh(escaped)} | mosquitto_pub ${words} -s`
    : `mosquitto_pub ${words} -m ${quoteSh(payload)}`;
}

/** Line breaks are at home in single quotes. */
const shControl = /(?!\n)\p{Cc}/u;

const octalBytes = (text: string) =>
  [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
