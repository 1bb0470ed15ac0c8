import * as l10n from '@vscode/l10n';
import { deviceHostOf } from '../hub/hubHosts';
import { IotError } from '../errors';
import { type HubConnection } from '../hub/hubConnection';
import { type Device } from './device';

/** The connection string for device SDKs. A non-default port follows the host name, where the SDKs expect it. */
export function deviceConnectionString(hub: HubConnection, device: Device): string {
  const hostName = deviceHostOf(hub.hostName);
  const host = hub.mqttPort === 8883 ? hostName : `${hostName}:${hub.mqttPort}`;
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
        l10n.t('Device "{0}" has no authentication, so it has no connection string.', device.deviceId),
      );
  }
}

/** The key with which a device signs its tokens. @throws IotError for devices that authenticate with a certificate. */
export function deviceKey(device: Device): string {
  if (device.credentials.kind === 'sas') return device.credentials.primaryKey;
  throw new IotError(
    'unsupported',
    l10n.t(
      'Device "{0}" authenticates with a certificate, so it has no key for SAS tokens.',
      device.deviceId,
    ),
  );
}
