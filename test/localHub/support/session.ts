import { openDeviceSession } from '../../../src/azure/mqtt/index';
import { type MqttSettings } from '../../../src/core/mqtt/mqttSettings';

/** Publishes one message with a session of the extension, as the publish panel does. */
export async function publishOne(
  settings: MqttSettings,
  payload: string,
  passphrase?: string,
): Promise<void> {
  const session = await openDeviceSession({
    settings: () => settings,
    ...(passphrase === undefined ? {} : { passphrase }),
    transport: 'mqtt',
    webSocketPort: 0,
    maxInFlight: 1,
    onState: () => undefined,
  });
  try {
    await session.publish({ topic: settings.topic, payload, qos: 1 });
  } finally {
    await session.close();
  }
}
