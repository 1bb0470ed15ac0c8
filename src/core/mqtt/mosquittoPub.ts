import { type MqttLogin, type MqttSettings } from './mqttSettings';

export type Shell = 'sh' | 'powershell';

/** One word of a POSIX shell. */
export function quoteSh(text: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** One word of PowerShell, which takes the typographic quotes for quotes too. */
export function quotePowerShell(text: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(text) && !text.startsWith('-')
    ? text
    : `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

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
export function mosquittoPubCommand(settings: MqttSettings, payload: string, shell: Shell): string {
  const options: readonly (readonly [string, string])[] = [
    ['-V', 'mqttv311'],
    ['-h', settings.host],
    ['-p', String(settings.port)],
    ...(settings.caFile ? ([['--cafile', settings.caFile]] as const) : []),
    ['-i', settings.clientId],
    ['-u', settings.userName],
    ...loginOptions(settings.login),
    ['-q', '1'],
    ['-t', settings.topic],
  ];
  const quote = shell === 'sh' ? quoteSh : quotePowerShell;
  const words = options.map(([name, value]) => `${name} ${quote(value)}`).join(' ');
  if (shell === 'sh') return `mosquitto_pub ${words} -m ${quote(payload)}`;
  // Windows PowerShell drops double quotes inside arguments of programs and PowerShell 7 does not, so the
  // payload goes the way that is the same in both: a line on standard input.
  const utf8 = /[^\x20-\x7e]/.test(payload)
    ? '$OutputEncoding = [System.Text.UTF8Encoding]::new($false); '
    : '';
  const literal = `'${payload.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  return `${utf8}${literal} | mosquitto_pub ${words} -l`;
}
