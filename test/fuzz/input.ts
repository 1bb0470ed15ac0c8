import type { Random } from './random';

/** The protocols that are tested, in the order of the summary. */
export const protocols = ['amqp', 'mqtt', 'http', 'websocket'] as const;
export type Protocol = (typeof protocols)[number];

export type Port = 'amqpPlain' | 'amqp' | 'mqtt' | 'https';

/** All that a client sends on one connection. It does not depend on the answers. */
export interface Input {
  readonly port: Port;
  readonly chunks: readonly Buffer[];
  /** The same bytes by frame, packet or request. */
  readonly parts: readonly Buffer[];
  /** Whether the bytes are sent without TLS to a port that requires it. */
  readonly isPlain?: boolean;
  /** Frames, packets or requests in it. */
  readonly count: number;
  /** Whether the client resets the connection after its last byte, instead of ending it. */
  readonly isReset: boolean;
  /** Whether the client reads the answers. */
  readonly isReading: boolean;
}

/** An input and what identifies it: a run with the same seed generates it again. */
export interface Case {
  readonly protocol: Protocol;
  readonly index: number;
  readonly input: Input;
}

/** Credentials that are the same on each hub under test, so that the bytes of an input can be sent again. */
export interface Credentials {
  readonly eventHubName: string;
  /** Key of the policies `iothubowner` and `service`, and of all devices. */
  readonly key: string;
  /** A token of the policy `service`, which is valid for years. */
  readonly serviceToken: string;
  readonly ownerToken: string;
  readonly deviceToken: (deviceId: string) => string;
  readonly subscriptionId: string;
}

/** Replaced in requests by the bearer token, which differs for each hub. */
export const bearerPlaceholder = '@bearer@';

/**
 * The devices of the generated inputs; the one of the health check is not among them. There are many, because the hub ends
 * the older of two connections of a device.
 */
export const deviceIds: readonly string[] = Array.from({ length: 40 }, (_, at) => `fuzz-${at}`);
export const healthyDevice = 'healthy';

/** Bytes for a TLS port that are not TLS. */
export function garbageInput(random: Random, port: Port): Input {
  const parts = [random.tlsGarbage()];
  return {
    port,
    chunks: random.split(parts),
    parts,
    isPlain: true,
    count: 1,
    isReset: random.chance(0.5),
    isReading: true,
  };
}
