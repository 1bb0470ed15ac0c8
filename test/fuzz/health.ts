import { expectAnswer } from './exchange';
import type { FuzzedHub } from './fuzzedHub';
import { bearerPlaceholder, healthyDevice } from './input';
import { healthyAmqp } from './amqp';
import { healthyMqtt } from './mqtt';
import { healthyWebSocket } from './webSocket';

const connected = Buffer.from('20020000', 'hex');
const acknowledged = Buffer.from('40020001', 'hex');

/** One client of each protocol, which must be served. @returns what a client was not given */
export async function checkHealth(hub: FuzzedHub): Promise<string | undefined> {
  const { credentials } = hub;
  const get = (path: string, token: string): Buffer =>
    Buffer.from(
      `GET ${path}?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${token}\r\n\r\n`,
    );
  const isOk = (answer: Buffer): boolean => answer.toString('latin1').startsWith('HTTP/1.1 200');
  const checks: Record<string, () => Promise<void>> = {
    AMQP: () =>
      expectAnswer(
        hub,
        'amqpPlain',
        healthyAmqp(credentials),
        (answer) => answer.includes('status-code') && answer.includes('OK'),
      ),
    MQTT: () =>
      expectAnswer(hub, 'mqtt', healthyMqtt(credentials), (answer) =>
        answer.equals(Buffer.concat([connected, acknowledged])),
      ),
    'the service': () =>
      expectAnswer(hub, 'https', get(`/devices/${healthyDevice}`, credentials.ownerToken), isOk),
    ARM: () =>
      expectAnswer(
        hub,
        'https',
        get(`/subscriptions/${credentials.subscriptionId}`, `Bearer ${bearerPlaceholder}`),
        isOk,
      ),
    WebSockets: () =>
      expectAnswer(
        hub,
        'https',
        healthyWebSocket(credentials),
        (answer) => answer.toString('latin1').startsWith('HTTP/1.1 101') && answer.includes(connected),
      ),
  };
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      return `a healthy client of ${name} was not served: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return hub.failure;
}
