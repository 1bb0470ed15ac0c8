import * as l10n from '@vscode/l10n';
import { deviceHostOf } from '../hub/hubHosts';
import { listText } from '../base/lists';
import { deviceKey } from '../device/deviceConnectionString';
import { type Device } from '../device/device';
import { worksOverMqtt } from '../device/deviceId';
import { IotError } from '../errors';
import { type HubConnection } from '../hub/hubConnection';
import { createSasToken, deviceResource } from '../hub/sasToken';
import { encodePropertyBag, type PropertyBag } from '../message/propertyBag';

/** The settings that any MQTT client needs to publish as a device. May contain a token. */
export interface MqttSettings {
  readonly host: string;
  readonly port: number;
  /** PEM file; absent if the trusted CAs of the client are sufficient. */
  readonly caFile?: string;
  readonly clientId: string;
  readonly userName: string;
  readonly topic: string;
  readonly credentials: MqttCredentials;
}

export type MqttCredentials =
  /** `expiresAt` in milliseconds. */
  | { readonly kind: 'sas'; readonly password: string; readonly expiresAt: number }
  | ({ readonly kind: 'x509' } & CertificateFiles);

/** The files of a client that authenticates with a certificate. */
export interface CertificateFiles {
  /** PEM: the device certificate, followed by the intermediate CA certificates. */
  readonly certificateFile: string;
  /** PEM. */
  readonly keyFile: string;
  readonly isKeyEncrypted: boolean;
}

export const apiVersion = '2021-04-12';

export interface MqttSettingsRequest {
  readonly hub: HubConnection;
  readonly device: Device;
  /** Properties in the topic. */
  readonly bag: PropertyBag;
  readonly tokenSeconds: number;
  readonly now: number;
  readonly caFile?: string;
  /** Authenticates with it instead of a token. */
  readonly certificate?: CertificateFiles;
}

/** @throws IotError when the device cannot use MQTT */
export function mqttSettings({
  hub,
  device,
  bag,
  tokenSeconds,
  now,
  caFile,
  certificate,
}: MqttSettingsRequest): MqttSettings {
  const { deviceId } = device;
  if (!worksOverMqtt(deviceId)) {
    throw new IotError(
      'unsupported',
      l10n.t(
        'Device "{0}" cannot use MQTT because its ID contains characters that are reserved in topics: {1}.',
        deviceId,
        listText(['"#"', '"+"', '"/"'], 'or'),
      ),
    );
  }
  const ca = caFile ?? hub.caFile;
  const host = deviceHostOf(hub.hostName);
  return {
    host,
    port: hub.mqttPort,
    ...(ca ? { caFile: ca } : {}),
    clientId: deviceId,
    userName: `${host}/${deviceId}/?api-version=${apiVersion}`,
    topic: telemetryTopic(deviceId, bag),
    credentials: certificate
      ? { kind: 'x509', ...certificate }
      : tokenCredentials(hub, device, now + tokenSeconds * 1000),
  };
}

export const telemetryTopic = (deviceId: string, bag: PropertyBag) =>
  `devices/${deviceId}/messages/events/${encodePropertyBag(bag)}`;

function tokenCredentials(hub: HubConnection, device: Device, expiresAt: number): MqttCredentials {
  const resource = deviceResource(deviceHostOf(hub.hostName), device.deviceId);
  return {
    kind: 'sas',
    password: createSasToken({ resource, key: deviceKey(device), expiresAt }),
    expiresAt,
  };
}
