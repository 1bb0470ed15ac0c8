import { type ReceivedMessage } from '../../src/core/message/receivedMessage';

export interface TelemetryOptions {
  readonly perSecond: number;
  /** Time of the first message, in ms. */
  readonly start: number;
  /** Whether the message ID is a random UUID: 18 bytes that cannot be compressed. */
  readonly hasIds: boolean;
}

/** Reproducible noise. */
export function noise(seed = 1): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Telemetry of 20 devices as a hub delivers it: a body of 120 bytes with time and noise, and 280 bytes of properties. */
export function telemetry(
  n: number,
  { perSecond, start, hasIds }: TelemetryOptions,
  random: () => number,
): ReceivedMessage {
  const place = n % 20;
  const at = start + Math.floor((n * 1_000) / perSecond);
  const wave = Math.sin(n / perSecond / 10 + place);
  const sentAt = (before: number) => new Date(at - before - Math.floor(random() * 20)).toISOString();
  const body = {
    timestamp: sentAt(40),
    temperature: Number((20 + place + 5 * wave + random() * 0.4).toFixed(2)),
    humidity: Number((40 + place + 10 * wave + random()).toFixed(1)),
    pressure: Number((1_013 + random() * 3).toFixed(2)),
    rpm: 1_500 + Math.round(400 * wave),
    status: n % 50 === 0 ? 'warning' : 'ok',
  };
  return {
    partitionId: String(place % 4),
    sequenceNumber: Math.floor(n / 4),
    enqueuedAt: at,
    deviceId: `boiler-${place + 1}`,
    source: 'Telemetry',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    body: new Uint8Array(Buffer.from(JSON.stringify(body))),
    systemProperties: {
      ...(hasIds ? { messageId: uuid(random) } : {}),
      'iothub-connection-auth-method':
        '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
      'iothub-connection-auth-generation-id': `6380${String(place).padStart(14, '7')}`,
      'iothub-creation-time-utc': sentAt(20),
    },
    applicationProperties: { plant: place % 2 ? 'north' : 'south', firmware: `2.4.${place % 3}` },
  };
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
