import { connect, type MqttClient } from 'mqtt';
import { abortError } from '../../core/base/abort';
import { IotError } from '../../core/errors';
import { type Receipt } from '../../core/message/devicePublisher';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { readCa } from '../trust';
import { loginOptions } from './login';
import { mqttFailure } from './mqttFailure';

const connectTimeoutMs = 15_000;
const acknowledgeTimeoutMs = 20_000;

/** Connects as the device, publishes with QoS 1, waits for the acknowledgement, and leaves. */
export async function publishOnce(
  settings: MqttSettings,
  payload: string,
  passphrase?: string,
  signal?: AbortSignal,
): Promise<Receipt> {
  const ca = await readCa(settings.caFile);
  const login = await loginOptions(settings, passphrase);
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const client = connect({
    protocol: 'mqtts',
    host: settings.host,
    port: settings.port,
    servername: settings.host,
    ...(ca ? { ca } : {}),
    clientId: settings.clientId,
    username: settings.userName,
    ...login,
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
  });
  try {
    const acknowledgedMs = await exchange(client, settings, payload, signal);
    return { totalMs: Math.round(performance.now() - startedAt), acknowledgedMs };
  } finally {
    close(client);
  }
}

function exchange(
  client: MqttClient,
  settings: MqttSettings,
  payload: string,
  signal?: AbortSignal,
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    let isConnected = false;
    const fail = (error: unknown) => reject(mqttFailure(error, settings));
    const onAbort = () => reject(abortError());
    let timer = setTimeout(
      () =>
        fail(
          new IotError(
            'timeout',
            `${settings.host}:${settings.port} did not answer within ${connectTimeoutMs / 1000} seconds. A firewall may block port ${settings.port}.`,
          ),
        ),
      connectTimeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    client.on('error', fail);
    client.on('close', () => fail(closedEarly(settings, isConnected)));
    client.on('connect', () => {
      isConnected = true;
      clearTimeout(timer);
      const sentAt = performance.now();
      timer = setTimeout(
        () =>
          fail(
            new IotError(
              'timeout',
              `The hub did not acknowledge the message within ${acknowledgeTimeoutMs / 1000} seconds.`,
            ),
          ),
        acknowledgeTimeoutMs,
      );
      client.publish(settings.topic, payload, { qos: 1 }, (error) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (error) fail(error);
        else resolve(Math.round(performance.now() - sentAt));
      });
    });
  });
}

function closedEarly({ clientId }: MqttSettings, isConnected: boolean): IotError {
  return isConnected
    ? new IotError(
        'refused',
        `The hub closed the connection of "${clientId}" before it acknowledged the message. It may be larger than 256 KB, or another client connected as the same device.`,
      )
    : new IotError('refused', `The hub closed the connection of "${clientId}" without an answer.`);
}

function close(client: MqttClient): void {
  client.removeAllListeners();
  // A socket that breaks while it closes would otherwise be an uncaught error.
  client.on('error', () => undefined);
  client.end(!client.connected);
}
