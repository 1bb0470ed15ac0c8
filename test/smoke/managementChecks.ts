import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { makeCertificate } from '../support/x509';
import { expectStatus, fieldsOf, request, type RawAnswer } from './rawRequest';
import { type Finding, type Report } from './report';

const apiVersion = '2023-06-30';
const maxOperationPolls = 150;
const operationPollMs = 2_000;
const watchPollMs = 5_000;

export interface ManagementOptions {
  readonly token: string;
  readonly hubId: string;
  readonly endpoint: string;
  readonly caFile: string | undefined;
  readonly isWriting: boolean;
  readonly isCreating: boolean;
  readonly watchSeconds: number;
}

/** Level B: Azure Resource Manager. It writes only with `--write`, and only to a hub with the tag `smoke`. */
export async function checkManagement(report: Report, options: ManagementOptions): Promise<void> {
  report.section('Level B: Azure Resource Manager');
  const checks = new ManagementChecks(report, options);
  const tags = await checks.read();
  if (!options.isWriting) return report.skip('changes', 'require --write');
  if (!('smoke' in tags)) return report.skip('changes', 'the hub does not have the tag "smoke"');
  await checks.certificates();
  await checks.consumerGroup();
  await checks.route();
  if (options.isCreating) await checks.newHub();
  else report.skip('creation of a hub', 'requires --create');
}

class ManagementChecks {
  private readonly name = `smoke-${randomBytes(4).toString('hex')}`;
  private readonly ca: string | undefined;

  constructor(
    private readonly report: Report,
    private readonly options: ManagementOptions,
  ) {
    this.ca = options.caFile === undefined ? undefined : fs.readFileSync(options.caFile, 'utf8');
  }

  async read(): Promise<Readonly<Record<string, unknown>>> {
    let tags: Readonly<Record<string, unknown>> = {};
    await this.report.check('read the hub', async () => {
      const answer = await this.expect('hub', {}, 200);
      tags = fieldsOf(fieldsOf(answer.body)['tags']);
      return { text: '', answer };
    });
    await this.report.check('API versions of IotHubs', async () => {
      const subscription = /^\/subscriptions\/[^/]+/i.exec(this.options.hubId)?.[0] ?? '';
      const path = `${subscription}/providers/Microsoft.Devices`;
      const answer = await this.expect('provider', { id: path, version: '2022-12-01' }, 200);
      const types = fieldsOf(answer.body)['resourceTypes'];
      const hubs = (Array.isArray(types) ? types : [])
        .map(fieldsOf)
        .find((type) => type['resourceType'] === 'IotHubs');
      const versions = hubs?.['apiVersions'];
      return { text: Array.isArray(versions) ? versions.slice(0, 3).join(', ') : 'none', answer };
    });
    for (const path of ['/certificates', '/eventHubEndpoints/events/ConsumerGroups'])
      await this.report.check(`list ${path.split('/').at(-1)}`, async () => ({
        text: '',
        answer: await this.expect('list', { path }, 200),
      }));
    return tags;
  }

  async certificates(): Promise<void> {
    const path = `/certificates/${this.name}`;
    const { pem } = await makeCertificate({ commonName: this.name, isAuthority: true });
    const body = { properties: { certificate: Buffer.from(pem).toString('base64'), isVerified: false } };
    let etag = '';
    const isUploaded = await this.report.check('upload a certificate', async () => {
      const answer = await this.expect('certificate', { method: 'PUT', path, body }, 200, 201);
      etag = etagOf(answer);
      return { text: '', answer };
    });
    const generate = (tag: string) =>
      ({ method: 'POST', path: `${path}/generateVerificationCode`, headers: { 'If-Match': tag } }) as const;
    try {
      if (!isUploaded) return;
      await this.report.check('verification code with a stale ETag', async () => {
        const stale = Buffer.from(randomBytes(8)).toString('base64');
        return { text: '', answer: await this.expect('stale-etag', generate(stale), 412) };
      });
      await this.report.check('verification code with the current ETag', async () => {
        const answer = await this.expect('verification-code', generate(etag), 200);
        etag = etagOf(answer);
        return { text: '', answer };
      });
    } finally {
      await this.report.check('delete the certificate', async () => {
        etag = etagOf(await this.call({ path })) || etag;
        const wish = { method: 'DELETE', path, headers: { 'If-Match': etag } };
        return { text: '', answer: await this.expect('certificate-deleted', wish, 200, 204) };
      });
    }
  }

  async consumerGroup(): Promise<void> {
    const path = `/eventHubEndpoints/events/ConsumerGroups/${this.name}`;
    const body = { properties: { name: this.name } };
    try {
      await this.report.check('create a consumer group', async () => ({
        text: '',
        answer: await this.expect('consumer-group', { method: 'PUT', path, body }, 200, 201),
      }));
    } finally {
      await this.report.check('delete the consumer group', async () => ({
        text: '',
        answer: await this.expect('consumer-group-deleted', { method: 'DELETE', path }, 200, 204),
      }));
    }
  }

  /** Adds a disabled route and removes it: the hub has to be as before, except for its ETag. */
  async route(): Promise<void> {
    const before = await this.call({});
    const route = {
      name: this.name,
      source: 'DeviceMessages',
      condition: 'true',
      endpointNames: ['events'],
      isEnabled: false,
    };
    const isSame = ({ name }: Readonly<Record<string, unknown>>) => name === this.name;
    try {
      await this.report.check('add a disabled route', () =>
        this.changeRoutes((routes) => [...routes, route]),
      );
    } finally {
      await this.report.check('remove the route', () =>
        this.changeRoutes((routes) => routes.filter((one) => !isSame(one))),
      );
    }
    await this.report.check('the hub is as before', async () => {
      const after = await this.call({});
      const different = differences(comparable(before.body), comparable(after.body));
      if (different.length > 0) throw new Error(`changed: ${different.join(', ')}`);
      return { text: 'no difference', answer: after };
    });
  }

  /** Creates a hub and observes which servers of Azure know it. */
  async newHub(): Promise<void> {
    const id = this.options.hubId.replace(/[^/]+$/, this.name);
    const { body } = await this.call({});
    const wish = {
      id,
      method: 'PUT',
      body: {
        location: fieldsOf(body)['location'],
        tags: { smoke: '' },
        sku: { name: 'S1', capacity: 1 },
        properties: { minTlsVersion: '1.2' },
      },
    };
    try {
      const isCreated = await this.report.check('create a hub', async () => {
        const answer = await this.expect('hub-created', wish, 200, 201, 202);
        return { text: await this.finish(answer), answer };
      });
      if (isCreated) await this.report.check('the first minutes of the hub', () => this.observe(id));
    } finally {
      await this.report.check('delete the hub', async () => {
        const answer = await this.expect('hub-deleted', { id, method: 'DELETE' }, 200, 202, 204);
        return { text: await this.finish(answer), answer };
      });
    }
  }

  private async observe(id: string): Promise<Finding> {
    const until = Date.now() + this.options.watchSeconds * 1000;
    const seen: string[] = [];
    for (;;) {
      const hub = await this.call({ id });
      const keys = await this.call({ id, method: 'POST', path: '/listkeys' });
      const host = fieldsOf(fieldsOf(hub.body)['properties'])['hostName'];
      const data = typeof host === 'string' ? await this.dataPlane(host) : '-';
      const now = `GET ${hub.status}, listkeys ${keys.status}, data plane ${data}`;
      if (seen.at(-1) !== now) seen.push(now);
      this.report.save('new-hub', { method: 'GET', path: '' }, hub);
      if (Date.now() + watchPollMs > until) break;
      await new Promise((resolve) => setTimeout(resolve, watchPollMs));
    }
    const last = seen.at(-1) ?? '';
    if (!/^GET 200, listkeys 200/.test(last)) throw new Error(seen.join('; '));
    return { text: seen.join('; ') };
  }

  private async dataPlane(host: string): Promise<string> {
    try {
      const url = `https://${host}/statistics/service?api-version=2021-04-12`;
      const answer = await request({ url, authorization: '', ca: this.ca });
      return `${answer.status} ${String(answer.headers['iothub-errorcode'] ?? '')}`.trim();
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    }
  }

  private async changeRoutes(
    change: (routes: readonly Readonly<Record<string, unknown>>[]) => readonly object[],
  ): Promise<Finding> {
    const hub = fieldsOf((await this.call({})).body);
    const properties = fieldsOf(hub['properties']);
    const routing = fieldsOf(properties['routing']);
    const routes = (Array.isArray(routing['routes']) ? routing['routes'] : []).map(fieldsOf);
    const body = { ...hub, properties: { ...properties, routing: { ...routing, routes: change(routes) } } };
    const headers = { 'If-Match': etagIn(hub) };
    const answer = await this.expect('hub-changed', { method: 'PUT', body, headers }, 200, 201, 202);
    return { text: await this.finish(answer), answer };
  }

  private async finish({ headers, status }: RawAnswer): Promise<string> {
    const link = headers['azure-asyncoperation'] ?? (status === 202 ? headers.location : undefined);
    if (typeof link !== 'string') return 'complete at once';
    const { origin } = new URL(this.options.endpoint);
    if (new URL(link, origin).origin !== origin) throw new Error('the operation is tracked at another host');
    for (let poll = 1; poll <= maxOperationPolls; poll++) {
      const answer = await this.raw('GET', new URL(link, origin).href);
      const state = fieldsOf(answer.body)['status'];
      const isRunning =
        answer.status === 202 ||
        (typeof state === 'string' && !/^(succeeded|failed|cancell?ed)$/i.test(state));
      if (!isRunning) {
        if (typeof state === 'string' && !/^succeeded$/i.test(state)) throw new Error(`ended as ${state}`);
        return `complete after ${poll} polls`;
      }
      await new Promise((resolve) =>
        setTimeout(resolve, Number(answer.headers['retry-after'] ?? operationPollMs / 1000) * 1000),
      );
    }
    throw new Error(`not complete after ${maxOperationPolls} polls`);
  }

  private async expect(name: string, wish: Wish, ...wanted: readonly number[]): Promise<RawAnswer> {
    const answer = await this.call(wish);
    const path = (wish.path ?? '').replaceAll(this.name, 'smoke');
    this.report.save(name, { method: wish.method ?? 'GET', path }, answer);
    return expectStatus(answer, ...wanted);
  }

  private call({ id = this.options.hubId, path = '', version = apiVersion, method = 'GET', ...more }: Wish) {
    return this.raw(method, `${this.options.endpoint}${id}${path}?api-version=${version}`, more);
  }

  private raw(method: string, url: string, more: Pick<Wish, 'body' | 'headers'> = {}): Promise<RawAnswer> {
    return request({ ...more, method, url, authorization: `Bearer ${this.options.token}`, ca: this.ca });
  }
}

interface Wish {
  /** Of another resource than the hub. */
  readonly id?: string;
  readonly path?: string;
  readonly version?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const etagOf = ({ body }: RawAnswer) => etagIn(body);

function etagIn(body: unknown): string {
  const { etag } = fieldsOf(body);
  return typeof etag === 'string' ? etag : '';
}

const comparable = (hub: unknown): unknown => ({ ...fieldsOf(hub), etag: undefined });

/** Paths of the properties that differ. */
export function differences(one: unknown, other: unknown, path = ''): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  const isPlain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain(one) || !isPlain(other)) return [path];
  const [before, after] = [fieldsOf(one), fieldsOf(other)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differences(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}
