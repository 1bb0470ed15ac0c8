import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { HubAddresses, PortName } from '../control/contract';
import type { Durability } from '../state/connect';

export interface CliOptions {
  readonly dataFolder: string | undefined;
  readonly listenAddress: string;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly movePorts: boolean;
  readonly leased: boolean;
  readonly readyFile: string | undefined;
  readonly logFile: string | undefined;
  readonly hubAddresses: HubAddresses;
  readonly sample: boolean;
  readonly verbose: boolean;
  readonly partitionCount: number;
  readonly retentionHours: number;
  readonly maxMegabytes: number;
  readonly durability: Durability;
  readonly tokenToleranceSeconds: number;
  /** 0 for no limit. */
  readonly dailyQuota: number;
  /** 0 for no limit. */
  readonly messagesPerSecond: number;
  readonly armTokenSeconds: number;
  /** Requests per minute; 0 for no limit. */
  readonly armThrottle: number;
  readonly armPhaseMs: number;
  readonly armUnregistered: boolean;
  readonly armReadOnly: boolean;
  readonly armLogFile: string | undefined;
  /** `exec`: the command to run while the hub is running. */
  readonly command: readonly string[] | undefined;
}

/** The command line is not valid; the message says what to do. */
export class UsageError extends Error {}

export const usage = `Usage: npm run hub -- [options]
       npm run hub -- exec [options] -- COMMAND [ARGUMENTS]

Runs a local IoT Hub emulator and prints its endpoints as one JSON object when it is ready.
exec runs it on free ports with a temporary data folder, runs COMMAND with the endpoints in its
environment (LOCAL_HUB_…), returns its exit code, and deletes the data folder.

  --data DIR            folder for devices, messages, keys and certificates
                        (default: ${path.join('~', '.iot-hub-workbench', 'local-hub')})
  --host ADDRESS        address to listen on, 0.0.0.0 for all (default: 127.0.0.1); a single other address becomes the host
                        name of the hub
  --mqtt-port N         port for MQTT over TLS (default: 8883; 0 for any free port)
  --https-port N        port for REST and WebSockets (default: 8443)
  --amqp-port N         port for AMQP over TLS (default: 5671)
  --amqp-plain-port N   port for AMQP without TLS, loopback only (default: 5672)
  --move-busy-ports     use a free port if a port is in use
  --hub-addresses MODE  auto: a hub created in ARM gets a loopback address of its own (such as 127.0.83.12) with
                        the ports 443, 8883 and 5671, where the system permits it; off: it is localhost with a port
                        (default: auto)
  --ready-file FILE     also write the JSON object to FILE (mode 0600: it contains keys)
  --sample              create two sample devices, one of which sends telemetry every 2 seconds
  --partitions N        partition count of a new hub, up to 32 (default: 4)
  --retention-hours N   how long messages are retained (default: 24)
  --max-megabytes N     maximum size of the retained messages (default: 512)
  --durability MODE     normal: an acknowledged message survives the end of the process, but perhaps not a power
                        failure; full: it survives a power failure too, and every acknowledgment waits for the
                        disk (default: normal)
  --token-tolerance N   seconds after its expiry for which a SAS token is accepted and its connections stay open; 0 to test
                        the renewal of tokens (default: 300, as in Azure)
  --daily-quota N       messages of 4 KB accepted per day before they are refused (default: no limit)
  --throttle N          device-to-cloud messages accepted per second before they are delayed (default: no limit)
  --arm-token-seconds N lifetime of ARM bearer tokens, renewed after half of it (default: 3600)
  --arm-throttle N      ARM requests accepted per minute before 429 is returned (default: no limit)
  --arm-phase-ms N      duration of each step of creating or deleting a hub (default: 500)
  --arm-unregistered    require registration of the resource provider before hubs can be created
  --arm-read-only       return 403 for all ARM requests except reads
  --arm-log FILE        write one line of JSON for each ARM request: method, path, api-version, status
  --log-file FILE       write the log to FILE instead of standard error
  --verbose             also log refused requests
  --help                show this help
`;

const defaultPorts: Readonly<Record<PortName, number>> = {
  mqtt: 8883,
  https: 8443,
  amqp: 5671,
  amqpPlain: 5672,
};

function parseInteger(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new UsageError(`--${flag} must be a whole number from ${low} to ${high}, not '${text}'.`);
  }
  return value;
}

function parseDurability(text: string): Durability {
  if (text === 'normal' || text === 'full') return text;
  throw new UsageError(`--durability must be normal or full, not '${text}'.`);
}

function parseHubAddresses(text: string): HubAddresses {
  if (text === 'auto' || text === 'off') return text;
  throw new UsageError(`--hub-addresses must be auto or off, not '${text}'.`);
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
        'hub-addresses': { type: 'string' },
        'ready-file': { type: 'string' },
        'log-file': { type: 'string' },
        partitions: { type: 'string' },
        'retention-hours': { type: 'string' },
        'max-megabytes': { type: 'string' },
        durability: { type: 'string' },
        'token-tolerance': { type: 'string' },
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
    const text = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : String(error);
    throw new UsageError(`${text}. See --help.`);
  }
  const { values } = parsed;
  for (const [name, value] of Object.entries(values)) {
    // Such as a variable of a shell that is not set.
    if (value === '') throw new UsageError(`The value of --${name} is empty.`);
  }
  if (values.help) return 'help';
  if (isExec && command.length === 0)
    throw new UsageError('exec requires a command after --, for example: npm run hub -- exec -- npm test.');
  const port = (
    name: PortName,
    flag: 'mqtt-port' | 'https-port' | 'amqp-port' | 'amqp-plain-port',
  ): number => {
    const text = values[flag];
    return text === undefined ? (isExec ? 0 : defaultPorts[name]) : parseInteger(flag, text, 0, 65_535);
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
    hubAddresses: parseHubAddresses(values['hub-addresses'] ?? 'auto'),
    sample: values.sample ?? false,
    verbose: values.verbose ?? false,
    partitionCount: parseInteger('partitions', values.partitions ?? '4', 1, 32),
    retentionHours: parseInteger('retention-hours', values['retention-hours'] ?? '24', 1, 168),
    maxMegabytes: parseInteger('max-megabytes', values['max-megabytes'] ?? '512', 1, 65_536),
    durability: parseDurability(values.durability ?? 'normal'),
    tokenToleranceSeconds: parseInteger('token-tolerance', values['token-tolerance'] ?? '300', 0, 86_400),
    messagesPerSecond: parseInteger('throttle', values.throttle ?? '0', 0, 1_000_000),
    dailyQuota: parseInteger('daily-quota', values['daily-quota'] ?? '0', 0, 1_000_000_000),
    armTokenSeconds: parseInteger('arm-token-seconds', values['arm-token-seconds'] ?? '3600', 1, 86_400),
    armThrottle: parseInteger('arm-throttle', values['arm-throttle'] ?? '0', 0, 1_000_000),
    armPhaseMs: parseInteger('arm-phase-ms', values['arm-phase-ms'] ?? '500', 1, 600_000),
    armUnregistered: values['arm-unregistered'] ?? false,
    armReadOnly: values['arm-read-only'] ?? false,
    armLogFile: values['arm-log'] === undefined ? undefined : path.resolve(values['arm-log']),
    command: isExec ? command : undefined,
  };
}
