import {
  hasHidden,
  octalBytes,
  powerShellLiteral,
  powerShellText,
  quotePowerShell,
  quoteSh,
} from '../base/shellQuoting';
import { splitHidden } from '../base/singleLine';
import { type MqttCredentials, type MqttSettings } from './mqttSettings';

export type Shell = 'sh' | 'powershell';

/** Without the passphrase of an encrypted key, which must not be on a command line: mosquitto_pub prompts for it. */
function credentialOptions(credentials: MqttCredentials): readonly (readonly [string, string])[] {
  return credentials.kind === 'sas'
    ? [['-P', credentials.password]]
    : [
        ['--cert', credentials.certificateFile],
        ['--key', credentials.keyFile],
      ];
}

/** A `mosquitto_pub` command line that publishes one message. May contain the token of the device. */
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
    ...credentialOptions(settings.credentials),
    ['-q', String(qos)],
    ['-t', settings.topic],
  ];
  const quote = shell === 'sh' ? quoteSh : quotePowerShell;
  const words = options.map(([name, value]) => `${name} ${quote(value)}`).join(' ');
  return shell === 'sh' ? shCommand(words, payload) : powerShellCommand(words, payload);
}

/**
 * Windows PowerShell drops double quotes in arguments of programs and PowerShell 7 does not, so the payload is not an
 * argument. A single line is piped to standard input: PowerShell appends a line break, which `-l` removes. Several
 * lines are passed in a file, since `-l` would send each line separately and `-s` would include the line break that
 * PowerShell appends.
 */
function powerShellCommand(words: string, payload: string): string {
  if (payload === '') return `mosquitto_pub ${words} -n`;
  if (hasHidden(payload)) {
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

/** Passes the payload as an argument if it can be pasted, else as octal escapes over standard input. */
function shCommand(words: string, payload: string): string {
  // Some versions of mosquitto_pub reject an empty file or argument.
  if (payload === '') return `mosquitto_pub ${words} -n`;
  const parts = splitHidden(payload);
  const isPlain = parts.every((part, at) => at % 2 === 0 || part === '\n');
  if (isPlain) return `mosquitto_pub ${words} -m ${quoteSh(payload)}`;
  const format = parts
    .map((part, at) =>
      at % 2 === 0 ? part.replace(/[\\%]/g, (c) => (c === '%' ? '%%' : '\\\\')) : octalBytes(part),
    )
    .join('');
  return `printf ${quoteSh(format)} | mosquitto_pub ${words} -s`;
}
