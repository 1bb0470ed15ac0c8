import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import {
  createHub,
  groupPathOf,
  hubPathOf,
  rest,
  tokenOf,
  version,
  type RestWish,
} from '../localHub/support/arm';
import { makeTemporaryFolder } from '../localHub/support/hub';
import { freePorts, runProgram, type RunningProgram } from '../localHub/support/program';
import { healthyDevice, deviceIds, type Credentials } from './input';

/** Keys and expiry that are the same for each hub: the bytes of an input authenticate again when they are sent again. */
const key = Buffer.alloc(32, 'fuzz').toString('base64');
const expiresAtSeconds = 4_102_444_800;

function tokenFor(resource: string, policyName?: string): string {
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${sr}\n${expiresAtSeconds}`)
    .digest('base64');
  const skn = policyName === undefined ? '' : `&skn=${policyName}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiresAtSeconds}${skn}`;
}

/** What no input may lead to: in the log, or in an answer. */
const failures = [
  /\[error\].*/,
  /The (?:local )?hub failed.*/,
  // Errors of the code, not of rhea, which has a TypeError of its own for values that it cannot read.
  /.*(?:Cannot (?:read|set|convert|destructure)|is not (?:a function|iterable|defined)|ERR_[A-Z_]+).*/,
  /.*\bUnhandled\b.*/,
  /.* ← .*/,
  /^\s+at .*:\d+:\d+.*/m,
];
const failedAnswers = [
  /HTTP\/1\.1 500.*/,
  /amqp:internal-error.*/,
  /Internal error.*/,
  /\n\s+at [^\n]*:\d+:\d+.*/,
];

/** A hub as a separate process, with the devices, policies and the further hub that the inputs use. */
export class FuzzedHub {
  /** How much of the output had no sign of a failure. */
  private readLength = 0;

  private constructor(
    private readonly program: RunningProgram,
    private readonly dataFolder: string,
    readonly ca: string,
    readonly credentials: Credentials,
    /** How long a healthy client waits, and how long the hub may take to close a connection that its client ended. */
    readonly limitMs: number,
  ) {}

  static async start(program: string, limitMs = 10_000): Promise<FuzzedHub> {
    const dataFolder = makeTemporaryFolder();
    const running = await runProgram(program, [
      '--data',
      dataFolder,
      ...freePorts,
      '--arm-phase-ms',
      '1',
      '--verbose',
    ]);
    const { endpoints } = running;
    const policy = (keyName: string, rights: string): object => ({
      keyName,
      rights,
      primaryKey: key,
      secondaryKey: key,
    });
    const put = async (path: string, body: object, wish: RestWish = {}): Promise<void> => {
      const { status, text } = await rest(endpoints, `${path}?${version}`, { method: 'PUT', body, ...wish });
      if (status >= 300) throw new Error(`${path} was refused: ${status} ${text}`);
    };
    const ownHub = hubPathOf(endpoints, endpoints.resourceGroup, endpoints.hubName);
    await put(ownHub, {
      location: 'local',
      properties: {
        authorizationPolicies: [
          policy('iothubowner', 'RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect'),
          policy('service', 'ServiceConnect'),
        ],
      },
    });
    const credentials: Credentials = {
      eventHubName: /EntityPath=([^;]+)/.exec(endpoints.eventHubConnectionString)?.[1] ?? '',
      key,
      serviceToken: tokenFor('localhost', 'service'),
      ownerToken: tokenFor('localhost', 'iothubowner'),
      deviceToken: (deviceId) => tokenFor(`localhost/devices/${deviceId}`),
      subscriptionId: endpoints.subscriptionId,
    };
    const symmetricKey = { primaryKey: key, secondaryKey: key };
    await put(
      '/devices',
      [healthyDevice, ...deviceIds].map((id) => ({ id, authentication: { type: 'sas', symmetricKey } })),
      { method: 'POST', headers: { Authorization: credentials.ownerToken } },
    );
    await put(groupPathOf(endpoints, 'fuzz'), { location: 'local' });
    await createHub(endpoints, 'fuzz-a', { group: 'fuzz' });
    return new FuzzedHub(
      running,
      dataFolder,
      fs.readFileSync(endpoints.caFile, 'utf8'),
      credentials,
      limitMs,
    );
  }

  get endpoints(): RunningProgram['endpoints'] {
    return this.program.endpoints;
  }

  get bearer(): string {
    return tokenOf(this.program.endpoints);
  }

  /** The first sign of a failure of the hub's process; undefined if there is none. */
  get failure(): string | undefined {
    const output = this.program.output();

    const lines = output.slice(this.readLength);
    for (const failure of failures) {
      const found = failure.exec(lines)?.[0];
      if (found !== undefined) return `log: ${found}`;
    }
    this.readLength = output.lastIndexOf('\n') + 1;
    const { exitCode, signalCode } = this.program.process;
    if (exitCode === null && signalCode === null) return undefined;
    return `the process ended with ${exitCode ?? signalCode}: ${output.slice(-2_000)}`;
  }

  /** Resident memory in megabytes. */
  get memory(): number {
    const pid = String(this.program.process.pid);
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', pid], { encoding: 'utf8' });
    return Math.round(Number(kilobytes) / 1024);
  }

  async close(): Promise<void> {
    await this.program.kill('SIGKILL');
    fs.rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

/** What in an answer no client may get; undefined if there is none. */
export function failureOf(answer: Buffer): string | undefined {
  const text = answer.toString('latin1');
  for (const failure of failedAnswers) {
    const found = failure.exec(text);
    if (found) return `answer: ${text.slice(found.index, found.index + 1_000)}`;
  }
  return undefined;
}
