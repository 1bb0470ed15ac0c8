import * as l10n from '@vscode/l10n';
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  createHttpHeaders,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { abortError } from '../../core/base/abort';
import { IotError } from '../../core/errors';
import { type ArmConnection } from './armConnection';
import { armPolicies } from './armPolicies';
import { SeenLinks } from './paging';

export type Json = Readonly<Record<string, unknown>>;

export interface ArmAnswer {
  readonly status: number;
  readonly headers: PipelineResponse['headers'];
  /** `{}` when there was none. */
  readonly body: Json;
}

/** A response with an error status. */
export class ArmRefusal extends Error {
  override readonly name = 'ArmRefusal';
  constructor(readonly answer: ArmAnswer) {
    super(`Azure Resource Manager answered ${answer.status}.`);
  }
}

export interface ArmRequest {
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const http = createDefaultHttpClient();

/**
 * The few calls of Azure Resource Manager that are outside the IoT Hub SDK, and those that must preserve unknown
 * properties. The SDKs of all these resources would be ten times the size.
 */
export class ArmRest {
  private readonly pipeline;

  constructor(private readonly connection: ArmConnection) {
    this.pipeline = createPipelineFromOptions({
      ...(connection.tls ? { tlsOptions: connection.tls } : {}),
      userAgentOptions: { userAgentPrefix: 'iot-hub-workbench' },
    });
    this.pipeline.removePolicy({ name: 'defaultRetryPolicy' });
    for (const policy of armPolicies(connection)) this.pipeline.addPolicy(policy, { phase: 'Sign' });
  }

  get = (path: string, request?: ArmRequest) => this.send('GET', path, request);
  put = (path: string, request: ArmRequest) => this.send('PUT', path, request);
  post = (path: string, request?: ArmRequest) => this.send('POST', path, request);
  delete = (path: string, request?: ArmRequest) => this.send('DELETE', path, request);

  /** Every item of every page. */
  async list(path: string, signal?: AbortSignal): Promise<readonly Json[]> {
    const items: Json[] = [];
    const seen = new SeenLinks();
    for (let next: string | undefined = path; next !== undefined;) {
      const { body } = await this.get(next, { signal });
      items.push(...(Array.isArray(body['value']) ? (body['value'] as Json[]) : []));
      next = seen.next(body['nextLink']);
    }
    return items;
  }

  /**
   * A link of a response if it leads to Azure Resource Manager itself, with the api-version of the call if it has none.
   * @param call path of the call
   */
  own(link: string | null | undefined, call: string): string | undefined {
    const { endpoint } = this.connection;
    if (!link || !URL.canParse(link, endpoint)) return undefined;
    const url = new URL(link, endpoint);
    if (url.origin !== new URL(endpoint).origin) return undefined;
    const version = new URL(call, endpoint).searchParams.get('api-version');
    if (version !== null && !url.searchParams.has('api-version'))
      url.searchParams.set('api-version', version);
    return url.href;
  }

  /** @param path with its api-version; or a complete link of a response */
  private async send(
    method: HttpMethods,
    path: string,
    { body, headers = {}, signal }: ArmRequest = {},
  ): Promise<ArmAnswer> {
    if (signal?.aborted) throw abortError();
    const request = createPipelineRequest({
      method,
      url: new URL(path, this.connection.endpoint).href,
      headers: createHttpHeaders({
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        ...headers,
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { abortSignal: signal } : {}),
    });
    const response = await this.pipeline.sendRequest(http, request);
    const isGood = response.status >= 200 && response.status < 300;
    const answer = {
      status: response.status,
      headers: response.headers,
      body: parse(response.bodyAsText, isGood),
    };
    if (isGood) return answer;
    throw new ArmRefusal(answer);
  }
}

/** An error may be the HTML page of a proxy; a successful response must be JSON. */
function parse(text: string | null | undefined, isGood: boolean): Json {
  if (!text?.trim()) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    if (isGood) throw unreadable();
  }
  return {};
}

/** Without a cause: parse errors quote the response, and that of a hub contains its keys. */
export const unreadable = () =>
  new IotError(
    'serviceFailed',
    l10n.t('Azure returned an invalid (non-JSON) response. A proxy may have truncated it. Try again.'),
  );
