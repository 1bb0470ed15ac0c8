import { durationText } from '../../../core/base/durations';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { apiVersion, telemetryTopic, type CertificateFiles } from '../../../core/mqtt/mqttSettings';
import { type PropertyBag } from '../../../core/message/propertyBag';
import { type PublishDraft } from '../../../core/publish/draft';
import { type WireRow } from '../../../webview/publish/api';

export interface WireFacts {
  readonly connection: Omit<HubConnection, 'key'>;
  readonly deviceId: string;
  readonly draft: PublishDraft;
  readonly bag: PropertyBag;
  readonly certificate: CertificateFiles | undefined;
  readonly isSas: boolean;
}

/** All that an MQTT client would have to be told; secrets only by name. */
export function wireRows({ connection, deviceId, draft, bag, certificate, isSas }: WireFacts): WireRow[] {
  const isWebSocket = draft.transport === 'webSocket';
  const port = isWebSocket ? connection.httpsPort : connection.mqttPort;
  const note =
    draft.transport === 'auto'
      ? `MQTT over TLS; if it is blocked, WebSockets on ${connection.httpsPort}`
      : isWebSocket
        ? 'MQTT over WebSockets, path /$iothub/websocket'
        : 'MQTT 3.1.1 over TLS';
  return [
    { key: 'host', label: 'Host', value: connection.hostName },
    { key: 'port', label: 'Port', value: String(port), note },
    { key: 'clientId', label: 'Client ID', value: deviceId },
    {
      key: 'userName',
      label: 'User name',
      value: `${connection.hostName}/${deviceId}/?api-version=${apiVersion}`,
    },
    ...(isSas
      ? [
          {
            key: 'password' as const,
            label: 'Password',
            value: `SAS token, valid ${durationText(draft.tokenSeconds)}`,
            note: 'made anew for each connection and each copy',
            isHidden: true,
          },
        ]
      : []),
    ...(certificate
      ? [
          { key: 'certificateFile' as const, label: 'Certificate', value: certificate.certificateFile },
          {
            key: 'keyFile' as const,
            label: 'Private key',
            value: certificate.keyFile,
            ...(certificate.isKeyEncrypted ? { note: 'with a passphrase' } : {}),
          },
        ]
      : []),
    {
      key: 'caFile',
      label: 'CA file',
      value: connection.caFile ?? 'the roots of Azure, which VS Code and most systems know',
      ...(connection.caFile ? {} : { note: 'copied as a file with those roots' }),
    },
    { key: 'topic', label: 'Topic', value: telemetryTopic(deviceId, bag) },
  ];
}
