import * as l10n from '@vscode/l10n';
import { deviceHostOf } from '../../../core/hub/hubHosts';
import { durationText } from '../../../core/base/durations';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { apiVersion, telemetryTopic, type CertificateFiles } from '../../../core/mqtt/mqttSettings';
import { type PropertyBag } from '../../../core/message/propertyBag';
import { type PublishDraft } from '../../../core/publish/draft';
import { type ConnectionDetail } from '../../../webview/publish/api';

export interface ConnectionDetailsInput {
  readonly connection: Omit<HubConnection, 'key'>;
  readonly deviceId: string;
  readonly draft: PublishDraft;
  readonly bag: PropertyBag;
  readonly certificate: CertificateFiles | undefined;
  readonly isSas: boolean;
}

/** The settings of an MQTT client; secrets only by name. */
export function connectionDetails({
  connection,
  deviceId,
  draft,
  bag,
  certificate,
  isSas,
}: ConnectionDetailsInput): ConnectionDetail[] {
  const host = deviceHostOf(connection.hostName);
  const isWebSocket = draft.transport === 'webSocket';
  const port = isWebSocket ? connection.httpsPort : connection.mqttPort;
  const note =
    draft.transport === 'auto'
      ? l10n.t('MQTT over TLS; WebSockets on port {0} if blocked', String(connection.httpsPort))
      : isWebSocket
        ? l10n.t('MQTT over WebSockets, path {0}', '/$iothub/websocket')
        : l10n.t('MQTT 3.1.1 over TLS');
  return [
    { key: 'host', label: l10n.t('Host'), value: host },
    { key: 'port', label: l10n.t('Port'), value: String(port), note },
    { key: 'clientId', label: l10n.t('Client ID'), value: deviceId },
    {
      key: 'userName',
      label: l10n.t('Username'),
      value: `${host}/${deviceId}/?api-version=${apiVersion}`,
    },
    ...(isSas
      ? [
          {
            key: 'password' as const,
            label: l10n.t('Password'),
            value: l10n.t('SAS token, valid for {0}', durationText(draft.tokenSeconds)),
            note: l10n.t('A new token is generated for each connection and each copy.'),
            isProse: true,
          },
        ]
      : []),
    ...(certificate
      ? [
          {
            key: 'certificateFile' as const,
            label: l10n.t('Certificate'),
            value: certificate.certificateFile,
          },
          {
            key: 'keyFile' as const,
            label: l10n.t('Private key'),
            value: certificate.keyFile,
            ...(certificate.isKeyEncrypted ? { note: l10n.t('encrypted with a passphrase') } : {}),
          },
        ]
      : []),
    {
      key: 'caFile',
      label: l10n.t('CA file'),
      ...(connection.caFile
        ? { value: connection.caFile }
        : {
            value: l10n.t('Azure root certificates'),
            note: l10n.t('Usually already trusted. Copies the path of a PEM file.'),
            isProse: true,
          }),
    },
    { key: 'topic', label: l10n.t('Topic'), value: telemetryTopic(deviceId, bag) },
  ];
}
