import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { PortName } from '../control/contract';

export interface CliOptions {
  readonly dataFolder: string | undefined;
  readonly listenAddress: string;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly movePorts: boolean;
  readonly leased: boolean;
  readonly readyFile: string | undefined;
  readonly logFile: string | undefined;
  readonly sample: boolean;
  readonly verbose: boolean;
  readonly partitionCount: number;
  readonly retentionHours: number;
  readonly maxMegabytes: number;
  /** 0 is no limit. */
  readonly dailyQuota: number;
  /** 0 is no limit. */
  readonly messagesPerSecond: number;
  readonly armTokenSeconds: number;
  /** Requests a minute; 0 is no limit. */
  readonly armThrottle: number;
  readonly armPhaseMs: number;
  readonly armUnregistered: boolean;
  readonly armReadOnly: boolean;
  readonly armLogFile: string | undefined;
  /** `exec`: the command to run while the hub is there. */
  readonly command: readonly string[] | undefined;
}

/** What the user typed makes no sense; the message says what to do. */
export class UsageError extends Error {}

export const usage = `Usage: npm run hub -- [options]
       npm run hub -- exec [options] -- COMMAND [ARGUMENTS]

Starts an IoT Hub on this machine and prints its endpoints as one JSON object when it is ready.
exec starts it on free ports with data of its own, runs COMMAND with the endpoints in its
environment (LOCAL_HUB_…), passes its exit code on and leaves nothing behind.

  --data DIR            devices, messages, keys and certificates (default: ${path.join('~', '.iot-hub-workbench', 'local-hub')})
  --host ADDR           address to listen on (default: 127.0.0.1)
  --mqtt-port N         MQTT over TLS (default: 8883; 0 = any free port)
  --https-port N        REST and WebSockets (default: 8443)
  --amqp-port N         AMQP over TLS (default: 5671)
  --amqp-plain-port N   AMQP without TLS, loopback only (default: 5672)
  --move-busy-ports     take a free port where the wanted one is in use
  --ready-file FILE     write the JSON object to FILE too (mode 0600: it holds keys)
  --sample              two sample devices, one of which sends telemetry every 2 s
  --partitions N        partitions of a new hub (default: 4, at most 32)
  --retention-hours N   how long messages are kept (default: 24)
  --max-megabytes N     how much of them is kept (default: 512)
  --daily-quota N       messages of 4 KB that are taken a day, then refused (default: no limit)
  --throttle N          messages of devices that are taken a second, then slowed down (default: no limit)
  --arm-token-seconds N how long a bearer token of ARM is good (default: 3600); a new one comes at half of that
  --arm-throttle N      requests to ARM that are answered at once, and a minute; 429 beyond (default: no limit)
  --arm-phase-ms N      how long a step of creating or deleting takes (default: 500)
  --arm-unregistered    the resource provider has to be registered before hubs can be created
  --arm-read-only       the user may read and nothing else: 403 for all other requests to ARM
  --arm-log FILE        one line of JSON for each request to ARM: method, path, api-version, status
  --log-file FILE       write the log there instead of to standard error
  --verbose             log each refused request
  --help
`;

const defaultPorts: Readonly<Record<PortName, number>> = {
  mqtt: 8883,
  https: 8443,
  amqp: 5671,
  amqpPlain: 5672,
};

function whole(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new UsageError(`--${flag} has to be a whole number from ${low} to ${high}, not '${text}'.`);
  }
  return value;
}

/** @throws UsageError */
export function parseCliOptions(argv: readonly string[]): CliOptions | 'help' {
  const isExec = argv[0] === 'exec';
  const split = isExec ? argv.indexOf('--') : -1;
  const own = isExec ? argv.slice(1, split === -1 ? undefined : split) : argv;
  const command = isExec && split !== -1 ? argv.slice(split + 1) : [];
  let parsed;
  try {
    parsed = parseArgs({
      args: [...own],
      options: {
        data: { type: 'string' },
        host: { type: 'string' },
        'mqtt-port': { type: 'string' },
        'https-port': { type: 'string' },
        'amqp-port': { type: 'string' },
        'amqp-plain-port': { type: 'string' },
        'move-busy-ports': { type: 'boolean' },
        'ready-file': { type: 'string' },
        'log-file': { type: 'string' },
        partitions: { type: 'string' },
        'retention-hours': { type: 'string' },
        'max-megabytes': { type: 'string' },
        'daily-quota': { type: 'string' },
        throttle: { type: 'string' },
        'arm-token-seconds': { type: 'string' },
        'arm-throttle': { type: 'string' },
        'arm-phase-ms': { type: 'string' },
        'arm-unregistered': { type: 'boolean' },
        'arm-read-only': { type: 'boolean' },
        'arm-log': { type: 'string' },
        sample: { type: 'boolean' },
        leased: { type: 'boolean' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    const text = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${text}. See --help.`);
  }
  const { values } = parsed;
  if (values.help) return 'help';
  if (isExec && command.length === 0)
    throw new UsageError('exec needs a command after --: npm run hub -- exec -- npm test.');
  const port = (
    name: PortName,
    flag: 'mqtt-port' | 'https-port' | 'amqp-port' | 'amqp-plain-port',
  ): number => {
    const text = values[flag];
    return text === undefined ? (isExec ? 0 : defaultPorts[name]) : whole(flag, text, 0, 65_535);
  };
  const home = path.join(os.homedir(), '.iot-hub-workbench', 'local-hub');
  return {
    dataFolder: values.data === undefined ? (isExec ? undefined : home) : path.resolve(values.data),
    listenAddress: values.host ?? '127.0.0.1',
    ports: {
      mqtt: port('mqtt', 'mqtt-port'),
      https: port('https', 'https-port'),
      amqp: port('amqp', 'amqp-port'),
      amqpPlain: port('amqpPlain', 'amqp-plain-port'),
    },
    movePorts: values['move-busy-ports'] ?? false,
    leased: values.leased ?? false,
    readyFile: values['ready-file'],
    logFile: values['log-file'],
    sample: values.sample ?? false,
    verbose: values.verbose ?? false,
    partitionCount: whole('partitions', values.partitions ?? '4', 1, 32),
    retentionHours: whole('retention-hours', values['retention-hours'] ?? '24', 1, 168),
    maxMegabytes: whole('max-megabytes', values['max-megabytes'] ?? '512', 1, 65_536),
    messagesPerSecond: whole('throttle', values.throttle ?? '0', 0, 1_000_000),
    dailyQuota: whole('daily-quota', values['daily-quota'] ?? '0', 0, 1_000_000_000),
    armTokenSeconds: whole('arm-token-seconds', values['arm-token-seconds'] ?? '3600', 1, 86_400),
    armThrottle: whole('arm-throttle', values['arm-throttle'] ?? '0', 0, 1_000_000),
    armPhaseMs: whole('arm-phase-ms', values['arm-phase-ms'] ?? '500', 1, 600_000),
    armUnregistered: values['arm-unregistered'] ?? false,
    armReadOnly: values['arm-read-only'] ?? false,
    armLogFile: values['arm-log'] === undefined ? undefined : path.resolve(values['arm-log']),
    command: isExec ? command : undefined,
  };
}
