import type { Duplex } from 'node:stream';
import type { ClientCertificate } from '../auth/clientCertificate';
import type { HubContext } from '../context';
import { MqttConnection } from './connection';
import { Sessions } from './sessions';

export interface MqttService {
  /** Serves a connected stream: a TLS socket, or a WebSocket as a stream. */
  handle(
    stream: Duplex,
    peer: string,
    clientCertificate?: ClientCertificate,
    onAuthenticated?: () => void,
  ): void;
  readonly connectionCount: number;
  /** Closes the connections that the hub's access rules no longer allow. */
  applyAccessRules(): void;
  close(): void;
}

export function createMqttService(context: HubContext): MqttService {
  const sessions = new Sessions((deviceId, connected) => {
    context.registry.setConnected(deviceId, connected);
  });
  const stopWatchingDevices = context.registry.onDidChange((event) => {
    if (event.kind === 'deleted') {
      sessions.dropDevice(event.device.deviceId, 'its identity was deleted');
      sessions.forget(event.device.deviceId);
    } else if (event.kind === 'updated' && event.device.status === 'disabled') {
      sessions.dropDevice(event.device.deviceId, 'its identity was disabled');
    } else if (event.kind === 'updated') {
      dropRevoked('its certificate no longer authenticates the device');
    }
  });
  const stopWatchingCertificates = context.certificates.onDidChange(() => {
    dropRevoked('the CA certificate of its certificate is no longer verified on the hub');
  });
  const dropRevoked = (reason: string): void => {
    sessions.dropRevoked(
      (deviceId, certificate) => context.authenticator.isStillAuthorized(deviceId, certificate),
      reason,
    );
  };
  return {
    handle: (stream, peer, clientCertificate, onAuthenticated) => {
      new MqttConnection(stream, peer, context, sessions, clientCertificate, onAuthenticated);
    },
    get connectionCount() {
      return sessions.size;
    },
    applyAccessRules: () => {
      const { isPublicAccessOff, isLocalAuthOff, isDeviceSasOff } = context.access.rules;
      if (isPublicAccessOff) sessions.dropAll('public network access was disabled');
      if (isLocalAuthOff) sessions.dropAuthenticatedBy('policyToken', 'shared access policies were disabled');
      if (isDeviceSasOff) sessions.dropAuthenticatedBy('deviceToken', 'device keys were disabled');
    },
    close: () => {
      stopWatchingDevices();
      stopWatchingCertificates();
      sessions.dropAll('the hub is stopping');
    },
  };
}
