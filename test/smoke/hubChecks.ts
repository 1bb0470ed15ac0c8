import { execFile } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDeviceSession } from '../../src/azure/mqtt/index';
import { findEventHub } from '../../src/azure/events/eventHubAddress';
import { azureRootsPem } from '../../src/azure/publicRoots';
import { type SessionState, type Transport } from '../../src/core/message/deviceSession';
import { mosquittoPubCommand } from '../../src/core/mqtt/mosquittoPub';
import {
  apiVersion,
  telemetryTopic,
  type MqttCredentials,
  type MqttSettings,
} from '../../src/core/mqtt/mqttSettings';
import { deviceHostOf, hostsOf, serviceHostOf } from '../../src/core/hub/hubHosts';
import { type HubConnection } from '../../src/core/hub/hubConnection';
import { createSasToken, deviceResource } from '../../src/core/hub/sasToken';
import { makeCertificate, type TestCertificate } from '../support/x509';
import { expectStatus, fieldsOf, request, type RawAnswer } from './rawRequest';
import { type Finding, type Report } from './report';

const tokenMs = 10 * 60_000;
const maxQueries = 30;

/** Level A: what a connection string allows. It creates only devices that it deletes again. */
export async function checkHub(report: Report, hub: HubConnection, burst: number): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azure-smoke-'));
  const checks = new HubChecks(report, hub, folder);
  try {
    report.section('Level A: hub');
    await checks.hosts();
    await checks.redirect();
    await checks.devices();
    await checks.throttling(burst);
  } finally {
    await checks.cleanUp();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

class HubChecks {
  private readonly prefix = `smoke-${randomBytes(4).toString('hex')}`;
  private readonly created: string[] = [];
  private readonly ca: string | undefined;

  constructor(
    private readonly report: Report,
    private readonly hub: HubConnection,
    private readonly folder: string,
  ) {
    this.ca = hub.caFile === undefined ? undefined : fs.readFileSync(hub.caFile, 'utf8');
  }

  async hosts(): Promise<void> {
    const hosts = hostsOf(this.hub.hostName);
    for (const host of hosts) {
      // The name for devices need not serve the service API: what it answers is what is to be found out.
      const wanted = host === serviceHostOf(host) ? [200] : [200, 400, 401, 403, 404];
      await this.report.check(`REST at ${formOf(host)}`, () =>
        this.rest('statistics', { path: '/statistics/devices', host }, wanted),
      );
    }
    if (hosts.length === 1) this.report.skip('REST at device and service names', 'not a host name of Azure');
  }

  async redirect(): Promise<void> {
    for (const transport of ['amqp', 'webSocket'] as const) {
      await this.report.check(`redirect to the event endpoint, ${transport}`, async () => {
        const address = await findEventHub(this.hub, this.ca, { transport }, AbortSignal.timeout(60_000));
        if (!address.entityPath) throw new Error('no entity path');
        return {
          text: `${address.host.replace(/^[^.]+/, '…')}, an entity path of ${address.entityPath.length} characters`,
        };
      });
    }
  }

  async devices(): Promise<void> {
    const sas = `${this.prefix}-sas`;
    await this.create(sas, { type: 'sas' });
    await this.queryLag(sas);
    const primaryKey = await this.keyOf(sas);
    const settings = (): MqttSettings => this.settings(sas, this.token(sas, primaryKey));
    await this.publish('SAS token', sas, settings);
    await this.mosquitto(settings());

    const thumbprint = `${this.prefix}-thumbprint`;
    const own = await makeCertificate({ commonName: thumbprint });
    const sha1 = createHash('sha1').update(new X509Certificate(own.pem).raw).digest('hex').toUpperCase();
    await this.create(thumbprint, {
      type: 'selfSigned',
      x509Thumbprint: { primaryThumbprint: sha1, secondaryThumbprint: sha1 },
    });
    await this.publish('thumbprint', thumbprint, () =>
      this.settings(thumbprint, this.certificate(thumbprint, own)),
    );

    const signed = `${this.prefix}-ca`;
    const issuer = await makeCertificate({ commonName: `${this.prefix}-root`, isAuthority: true });
    const leaf = await makeCertificate({ commonName: signed, issuer });
    await this.create(signed, { type: 'certificateAuthority' });
    // A connection string cannot upload the CA, so this shows how the hub refuses one that it does not know.
    await this.publish(
      'certificate of an unknown CA',
      signed,
      () => this.settings(signed, this.certificate(signed, leaf)),
      true,
    );
  }

  async throttling(burst: number): Promise<void> {
    await this.report.check(`${burst} requests at once`, async () => {
      const path = `/devices/${this.prefix}-unknown`;
      const answers = await Promise.all(
        Array.from({ length: burst }, () => this.call({ path }).catch(() => undefined)),
      );
      const counts = new Map<string, number>();
      for (const answer of answers) {
        const status = answer === undefined ? 'no answer' : String(answer.status);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
      const throttled = answers.find((answer) => answer?.status === 429);
      if (throttled) this.report.save('throttled', { method: 'GET', path }, throttled);
      const list = [...counts].map(([status, count]) => `${status}: ${count}`).join(', ');
      const after = throttled ? `, Retry-After ${throttled.headers['retry-after'] ?? 'none'}` : '';
      return { text: `${list}${after}`, ...(throttled ? { answer: throttled } : {}) };
    });
  }

  async cleanUp(): Promise<void> {
    for (const deviceId of this.created) {
      await this.report.check(`delete ${kindOf(deviceId)} device`, () =>
        this.rest(
          'delete',
          { method: 'DELETE', path: `/devices/${deviceId}`, headers: { 'If-Match': '*' } },
          [204, 404],
        ),
      );
    }
  }

  private async create(deviceId: string, authentication: object): Promise<void> {
    // Before the request: it may succeed although its answer is lost.
    this.created.push(deviceId);
    await this.report.check(`create ${kindOf(deviceId)} device`, () =>
      this.rest(
        'create',
        { method: 'PUT', path: `/devices/${deviceId}`, body: { deviceId, authentication } },
        [200],
      ),
    );
  }

  private async keyOf(deviceId: string): Promise<string> {
    const { body } = await this.call({ path: `/devices/${deviceId}` });
    const key = fieldsOf(fieldsOf(fieldsOf(body)['authentication'])['symmetricKey'])['primaryKey'];
    return typeof key === 'string' ? key : '';
  }

  private async queryLag(deviceId: string): Promise<void> {
    await this.report.check('query finds the new device', async () => {
      const query = { query: `SELECT deviceId FROM devices WHERE deviceId = '${deviceId}'` };
      const startedAt = Date.now();
      for (let attempt = 1; attempt <= maxQueries; attempt++) {
        const answer = expectStatus(
          await this.call({ method: 'POST', path: '/devices/query', body: query }),
          200,
        );
        if (Array.isArray(answer.body) && answer.body.length === 1)
          return {
            text: `after ${attempt} queries, ${Math.round((Date.now() - startedAt) / 1000)} s`,
            answer,
          };
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
      throw new Error(`not found by ${maxQueries} queries`);
    });
  }

  private async publish(
    name: string,
    deviceId: string,
    settings: () => MqttSettings,
    isRefusalExpected = false,
  ): Promise<void> {
    for (const transport of ['mqtt', 'webSocket'] as const) {
      const port = transport === 'mqtt' ? '8883' : '443';
      await this.report.check(`publish with ${name}, ${port}`, () =>
        this.publishOnce(deviceId, settings, transport, isRefusalExpected),
      );
    }
  }

  private async publishOnce(
    deviceId: string,
    settings: () => MqttSettings,
    transport: Transport,
    isRefusalExpected: boolean,
  ): Promise<Finding> {
    const reasons: string[] = [];
    const giveUp = new AbortController();
    const session = await openDeviceSession({
      settings,
      transport,
      webSocketPort: this.hub.httpsPort,
      maxInFlight: 1,
      onState: (state: SessionState) => {
        if (state.kind !== 'waiting' && state.kind !== 'ended') return;
        if (state.reason) reasons.push(state.reason.message);
        giveUp.abort();
      },
    });
    try {
      const topic = telemetryTopic(deviceId, []);
      await session.publish({ topic, payload: '{"smoke":true}', qos: 1 }, giveUp.signal);
    } catch (error) {
      const reason = reasons[0] ?? (error instanceof Error ? error.message : String(error));
      if (!isRefusalExpected) throw new Error(reason, { cause: error });
      return { text: `refused as expected: ${reason.replaceAll(this.prefix, 'smoke')}` };
    } finally {
      await session.close();
    }
    if (isRefusalExpected) throw new Error('accepted, although its CA is unknown');
    return { text: 'acknowledged' };
  }

  /** The line as the extension copies it, with the file of root certificates that it writes. */
  private async mosquitto(settings: MqttSettings): Promise<void> {
    const caFile = path.join(this.folder, 'roots.pem');
    fs.writeFileSync(caFile, this.ca ?? azureRootsPem());
    const line = mosquittoPubCommand({ ...settings, caFile }, '{"smoke":true}', 'sh');
    const { code, output } = await run(line);
    if (code === 127) return this.report.skip('copied mosquitto_pub line', 'mosquitto_pub is not installed');
    await this.report.check('copied mosquitto_pub line', async () => {
      if (code !== 0) throw new Error(`exit code ${code}: ${output.trim()}`);
      return { text: 'exit code 0' };
    });
  }

  private settings(deviceId: string, credentials: MqttCredentials): MqttSettings {
    const host = deviceHostOf(this.hub.hostName);
    return {
      host,
      port: this.hub.mqttPort,
      ...(this.hub.caFile === undefined ? {} : { caFile: this.hub.caFile }),
      clientId: deviceId,
      userName: `${host}/${deviceId}/?api-version=${apiVersion}`,
      topic: telemetryTopic(deviceId, []),
      credentials,
    };
  }

  private token(deviceId: string, key: string): MqttCredentials {
    const expiresAt = Date.now() + tokenMs;
    const resource = deviceResource(deviceHostOf(this.hub.hostName), deviceId);
    return { kind: 'sas', password: createSasToken({ resource, key, expiresAt }), expiresAt };
  }

  private certificate(deviceId: string, { pem, keyPem }: TestCertificate): MqttCredentials {
    const certificateFile = path.join(this.folder, `${deviceId}.pem`);
    const keyFile = path.join(this.folder, `${deviceId}.key`);
    fs.writeFileSync(certificateFile, pem);
    fs.writeFileSync(keyFile, keyPem, { mode: 0o600 });
    return { kind: 'x509', certificateFile, keyFile, isKeyEncrypted: false };
  }

  private async rest(name: string, call: Call, wanted: readonly number[]): Promise<Finding> {
    const answer = await this.call(call);
    this.report.save(
      name,
      { method: call.method ?? 'GET', path: call.path.replaceAll(this.prefix, 'smoke') },
      answer,
    );
    expectStatus(answer, ...wanted);
    return { text: '', answer };
  }

  private call({ path, host = serviceHostOf(this.hub.hostName), ...more }: Call): Promise<RawAnswer> {
    const { key, policyName, httpsPort } = this.hub;
    const authorization = createSasToken({
      resource: host,
      key,
      policyName,
      expiresAt: Date.now() + tokenMs,
    });
    const url = `https://${host}:${httpsPort}${path}?api-version=${apiVersion}`;
    return request({ ...more, url, authorization, ca: this.ca });
  }
}

interface Call {
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const kindOf = (deviceId: string) => deviceId.split('-').at(-1) ?? '';
const formOf = (host: string) => /^[^.]+\.(device|service)\./.exec(host)?.[1] ?? 'the classic name';

const run = (line: string) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile('sh', ['-c', line], { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
        output: `${stdout}${stderr}`,
      }),
    );
  });
