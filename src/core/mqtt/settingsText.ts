import * as l10n from '@vscode/l10n';
import { apiVersion, type MqttSettings } from './mqttSettings';

/** The connection settings for any MQTT client, one per line. May contain the token of the device. */
export function mqttSettingsText(settings: MqttSettings): string {
  const { credentials } = settings;
  const lines: readonly (readonly [string, string])[] = [
    [l10n.t('Protocol'), l10n.t('MQTT 3.1.1 over TLS')],
    [l10n.t('Host'), settings.host],
    [l10n.t('Port'), String(settings.port)],
    [l10n.t('TLS CA file'), settings.caFile ?? l10n.t('the trusted CAs of the system')],
    [l10n.t('Client ID'), settings.clientId],
    [l10n.t('Username'), settings.userName],
    ...(credentials.kind === 'sas'
      ? ([
          [l10n.t('Password'), credentials.password],
          [l10n.t('Valid until'), new Date(credentials.expiresAt).toISOString()],
        ] as const)
      : ([
          [l10n.t('Password'), l10n.t('(none)')],
          [l10n.t('Certificate'), credentials.certificateFile],
          [
            l10n.t('Private key'),
            credentials.isKeyEncrypted
              ? l10n.t('{0} (passphrase required)', credentials.keyFile)
              : credentials.keyFile,
          ],
        ] as const)),
    [l10n.t('Topic'), settings.topic],
    ['QoS', l10n.t('0 or 1')],
    [l10n.t('API version'), apiVersion],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return `${lines.map(([name, value]) => `${name.padEnd(width)} ${value}`).join('\n')}\n`;
}
