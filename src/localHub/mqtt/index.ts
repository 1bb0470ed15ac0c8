import type { Duplex } from 'node:stream';
import type { HubContext } from '../context';
import { MqttConnection } from './connection';
import { Sessions } from './sessions';

export interface MqttWire {
  /** Takes a connected stream: a TLS socket, or a WebSocket as a stream. */
  handle(stream: Duplex, peer: string): void;
  readonly connectionCount: number;
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
    }
  });
  return {
    handle: (stream, peer) => {
      new MqttConnection(stream, peer, context, sessions);
    },
    get connectionCount() {
      return sessions.size;
    },
    close: () => {
      forget();
      sessions.dropAll('the hub is stopping');
    },
  };
}
