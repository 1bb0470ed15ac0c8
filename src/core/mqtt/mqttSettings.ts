import { deviceKey } from '../device/deviceConnectionString';
import { type Device } from '../device/device';
import { worksOverMqtt } from '../device/deviceId';
import { IotError } from '../errors';
import { type HubConnection } from '../hub/hubConnection';
import { createSasToken, deviceResource } from '../hub/sasToken';
import { encodePropertyBag, isJson, jsonProperties } from '../message/propertyBag';

/** All that any MQTT client needs to publish as a device. Holds a token. */
export interface MqttSettings {
  readonly host: string;
  readonly port: number;
  /** PEM file; absent when the client's own authorities are enough. */
  readonly caFile?: string;
  readonly clientId: string;
  readonly userName: string;
  readonly password: string;
  readonly topic: string;
  /** When the token ends, in milliseconds. */
  readonly expiresAt: number;
}

const apiVersion = '2021-04-12';

export interface MqttSettingsRequest {
  readonly hub: HubConnection;
  readonly device: Device;
  readonly payload: string;
  readonly tokenSeconds: number;
  readonly now: number;
  readonly caFile?: string;
}

/** @throws IotError when the device cannot publish this way. */
export function mqttSettings({
  hub,
  device,
  payload,
  tokenSeconds,
  now,
  caFile,
}: MqttSettingsRequest): MqttSettings {
  const { deviceId } = device;
  if (!worksOverMqtt(deviceId)) {
    throw new IotError(
      'unsupported',
      `Device "${deviceId}" cannot use MQTT: "#", "+" and "/" have a meaning of their own in topics.`,
    );
  }
  const expiresAt = now + tokenSeconds * 1000;
  const bag = isJson(payload) ? encodePropertyBag(jsonProperties) : '';
  const ca = caFile ?? hub.caFile;
  return {
    host: hub.hostName,
    port: hub.mqttPort,
    ...(ca ? { caFile: ca } : {}),
    clientId: deviceId,
    userName: `${hub.hostName}/${deviceId}/?api-version=${apiVersion}`,
    password: createSasToken({
      resource: deviceResource(hub.hostName, deviceId),
      key: deviceKey(device),
      expiresAt,
    }),
    topic: `devices/${deviceId}/messages/events/${bag}`,
    expiresAt,
  };
}
