import type { Duplex } from 'node:stream';
import type { ClientCertificate } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import { MqttConnection } from './connection';
import { Sessions } from './sessions';

export interface MqttWire {
  /** Takes a connected stream: a TLS socket, or a WebSocket as a stream. */
  handle(stream: Duplex, peer: string, clientCertificate?: ClientCertificate): void;
  readonly connectionCount: number;
  /** Ends what the hub's access rules do not allow any more. */
  review(): void;
  close(): void;
}

export function createMqttWire(context: HubContext): MqttWire {
  const sessions = new Sessions((deviceId, connected) => {
    context.registry.setConnected(deviceId, connected);
  });
  const forget = context.registry.onDidChange((event) => {
    if (event.kind === 'deleted') {
      sessions.dropDevice(event.device.deviceId, 'its identity was deleted');
      sessions.forget(event.device.deviceId);
    } else if (event.kind === 'updated' && event.device.status === 'disabled') {
      sessions.dropDevice(event.device.deviceId, 'its identity was disabled');
    } else if (event.kind === 'updated') {
      dropRevoked('the device logs in with other certificates now');
    }
  });
  const forgetCertificates = context.certificates.onDidChange(() => {
    dropRevoked('the certificate that its own chains to is no longer verified on the hub');
  });
  const dropRevoked = (reason: string): void => {
    sessions.dropUnlessAllowed(
      (deviceId, login) => context.authenticator.stillAllows(deviceId, login),
      reason,
    );
  };
  return {
    handle: (stream, peer, clientCertificate) => {
      new MqttConnection(stream, peer, context, sessions, clientCertificate);
    },
    get connectionCount() {
      return sessions.size;
    },
    review: () => {
      const { isPublicAccessOff, isLocalAuthOff, isDeviceSasOff } = context.access.rules;
      if (isPublicAccessOff) sessions.dropAll('public network access was turned off');
      if (isLocalAuthOff) sessions.dropLoginsBy('policyToken', 'shared access policies were turned off');
      if (isDeviceSasOff) sessions.dropLoginsBy('deviceToken', 'keys of devices were turned off');
    },
    close: () => {
      forget();
      forgetCertificates();
      sessions.dropAll('the hub is stopping');
    },
  };
}
