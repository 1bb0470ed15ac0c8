import { apiVersion, type MqttSettings } from './mqttSettings';

/** What to type into any MQTT client, one setting per line. It may hold the device's token. */
export function mqttSettingsText(settings: MqttSettings): string {
  const { login } = settings;
  const lines: readonly (readonly [string, string])[] = [
    ['Protocol', 'MQTT 3.1.1 over TLS'],
    ['Host', settings.host],
    ['Port', String(settings.port)],
    ['TLS CA file', settings.caFile ?? 'the authorities of the system'],
    ['Client ID', settings.clientId],
    ['User name', settings.userName],
    ...(login.kind === 'sas'
      ? ([
          ['Password', login.password],
          ['Valid until', new Date(login.expiresAt).toISOString()],
        ] as const)
      : ([
          ['Password', '(none)'],
          ['Certificate', login.certificateFile],
          ['Private key', `${login.keyFile}${login.isKeyEncrypted ? ' (with passphrase)' : ''}`],
        ] as const)),
    ['Topic', settings.topic],
    ['QoS', '0 or 1'],
    ['API version', apiVersion],
  ];
  return `${lines.map(([name, value]) => `${name.padEnd(12)} ${value}`).join('\n')}\n`;
}
