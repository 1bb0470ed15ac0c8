import { IotError } from '../errors';
import { type HubConnection } from '../hub/hubConnection';
import { type Device } from './device';

/** The string a device SDK connects with. A port of its own goes behind the host name, where the SDKs look for it. */
export function deviceConnectionString(hub: HubConnection, device: Device): string {
  const host = hub.mqttPort === 8883 ? hub.hostName : `${hub.hostName}:${hub.mqttPort}`;
  const start = `HostName=${host};DeviceId=${device.deviceId}`;
  switch (device.credentials.kind) {
    case 'sas':
      return `${start};SharedAccessKey=${device.credentials.primaryKey}`;
    case 'selfSigned':
    case 'certificateAuthority':
      return `${start};x509=true`;
    case 'none':
      throw new IotError(
        'unsupported',
        `Device "${device.deviceId}" has no authentication, so there is no connection string for it.`,
      );
  }
}

/** The key a device signs its tokens with. @throws IotError for devices that log in by certificate. */
export function deviceKey(device: Device): string {
  if (device.credentials.kind === 'sas') return device.credentials.primaryKey;
  throw new IotError(
    'unsupported',
    `Device "${device.deviceId}" logs in with a certificate, so there is no key to make a token from.`,
  );
}
