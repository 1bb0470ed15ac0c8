import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { localPrincipalId, localSubscriptionId, localTenantId, localUser } from '../account/ids';
import { HubError } from '../errors';
import type { MountedApi } from '../http/index';
import { readRequest, type Answer, type Request, type Router } from '../http/router';
import { actionOf, scopeOf } from './actions';
import { ArmApi, type ArmContext, type ArmRequest } from './api';
import { addCertificateRoutes } from './certificates';
import { addConsumerGroupRoutes } from './consumerGroups';
import { ArmError, platformError } from './errors';
import { ResourceGroups } from './groups';
import { addGroupRoutes } from './groupRoutes';
import { addHubRoutes } from './hubs';
import { addHubMetricRoutes } from './hubMetrics';
import { addOperationRoutes } from './operations';
import { addPlatformRoutes, metadataEndpoints } from './platform';
import { Provider } from './provider';
import { RequestLimit } from './requestLimit';
import { RequestLog } from './requestLog';
import { addRoleRoutes } from './roles';
import { addRouteTestRoutes } from './routeTests';
import { malformedSubscription, unsupportedAnswer } from './unsupported';

export type { ArmSettings } from './api';

export interface Arm extends MountedApi {
  /** Starts answering requests. */
  open(): void;
  close(): void;
}

/** How long the provider stays in `Registering`. */
const registeringMs = 1_000;

/**
 * Azure Resource Manager for the account of this process.
 * @see https://learn.microsoft.com/rest/api/resources
 * @see https://learn.microsoft.com/rest/api/iothub
 */
export function createArm(context: ArmContext): Arm {
  const { settings, log } = context;
  const api = new ArmApi(
    context,
    new ResourceGroups(context.file),
    new Provider(settings.armUnregistered !== true, registeringMs),
  );
  addPlatformRoutes(api);
  addGroupRoutes(api);
  addHubRoutes(api);
  addHubMetricRoutes(api);
  addCertificateRoutes(api);
  addConsumerGroupRoutes(api);
  addOperationRoutes(api);
  addRoleRoutes(api);
  addRouteTestRoutes(api);
  const limit = new RequestLimit(settings.armThrottle ?? 0);
  const requests = new RequestLog(settings.armLogFile);
  let isOpen = false;

  async function respond(request: ArmRequest): Promise<Answer> {
    if (request.path.join('/').toLowerCase() === 'metadata/endpoints') return metadataEndpoints(request);
    if (!isOpen)
      return { ...platformError(503, 'ServerBusy', 'The local hub is starting.'), ...retryAfter(1) };
    const refused = checkToken(context, request);
    if (refused) return refused;
    const wait = limit.take();
    if (wait !== undefined) return throttled(request, wait);
    const problem = checkVersion(request) ?? checkSubscription(request);
    if (problem) return problem;
    const route = findRoute(api, request);
    if (!route) return unsupportedAnswer(request);
    const { handler, parameters } = route;
    if (settings.armReadOnly && !['GET', 'HEAD'].includes(request.method)) return forbidden(request);
    if (parameters.rg !== undefined) api.group(parameters.rg);
    return handler(request, parameters);
  }

  async function answerOf(message: IncomingMessage): Promise<Answer> {
    try {
      const request = await readRequest(message);
      return await respond({ ...request, base: baseOf(request) });
    } catch (error) {
      if (error instanceof ArmError) return error.answer;
      if (error instanceof HubError) return asPlatform(error);
      log('error', `ARM: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return platformError(
        500,
        'InternalServerError',
        'Internal error in the local hub. See its log for details.',
      );
    }
  }

  return {
    owns: (first) => ['subscriptions', 'tenants', 'metadata', 'providers'].includes(first),
    answer: async (message) => {
      const answer = await answerOf(message);
      const [path = '', query] = (message.url ?? '').split('?');
      const call = { method: message.method ?? '', path };
      const apiVersion = new URLSearchParams(query).get('api-version');
      requests.add({ ...call, apiVersion, status: answer.status });
      if (answer.status >= 400) log('debug', `ARM: ${call.method} ${call.path}: ${answer.status}`);
      const left = limit.left;
      return {
        ...answer,
        headers: {
          'x-ms-request-id': randomUUID(),
          'x-ms-correlation-request-id': String(
            message.headers['x-ms-correlation-request-id'] ?? randomUUID(),
          ).slice(0, 64),
          ...(left === undefined ? {} : { 'x-ms-ratelimit-remaining-subscription-reads': String(left) }),
          ...answer.headers,
        },
      };
    },
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
      api.provider.close();
      requests.close();
    },
  };
}

const retryAfter = (seconds: number) => ({ headers: { 'Retry-After': String(seconds) } });

/** The SDKs follow links as they are, so links must use the host that the client used. */
const baseOf = ({ headers }: Request): string =>
  `https://${/^[\w.:[\]-]{1,255}$/.test(headers.host ?? '') ? (headers.host ?? '') : 'localhost'}`;

function checkToken({ tokens }: ArmContext, { headers, base }: ArmRequest): Answer | undefined {
  const token = /^Bearer\s(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
  const verdict = token === undefined ? 'missing' : tokens().check(token);
  if (verdict === 'valid') return undefined;
  const [code, message] = {
    missing: ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
    expired: [
      'ExpiredAuthenticationToken',
      'The access token has expired. Read the current token from armTokenFile.',
    ],
    unknown: [
      'InvalidAuthenticationToken',
      'The access token is invalid. Read the current token from armTokenFile.',
    ],
  }[verdict] as [string, string];
  return {
    ...platformError(401, code, message),
    headers: {
      'WWW-Authenticate': `Bearer authorization_uri="${base}/${localTenantId}", error="invalid_token", error_description="${message}"`,
    },
  };
}

function throttled({ method }: ArmRequest, seconds: number): Answer {
  const kind = method === 'GET' || method === 'HEAD' ? 'read' : method === 'DELETE' ? 'delete' : 'write';
  return {
    ...platformError(
      429,
      'SubscriptionRequestsThrottled',
      `Number of '${kind}' requests for subscription '${localSubscriptionId}' actor '${localPrincipalId}' exceeded. Please try again after '${seconds}' seconds after additional tokens are available.`,
    ),
    ...retryAfter(seconds),
  };
}

function checkVersion({ query }: ArmRequest): Answer | undefined {
  const version = query.get('api-version');
  if (version === null || version === '') {
    return platformError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (/^\d{4}-\d{2}-\d{2}(-\w+)?$/.test(version)) return undefined;
  return platformError(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version.slice(0, 100)}' is invalid. The required format is YYYY-MM-DD.`,
  );
}

function checkSubscription({ path: [first, id] }: ArmRequest): Answer | undefined {
  if (first?.toLowerCase() !== 'subscriptions' || id === undefined) return undefined;
  if (id.toLowerCase() === localSubscriptionId) return undefined;
  return (
    malformedSubscription(id) ??
    platformError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`)
  );
}

/** @returns undefined for a path that has no route @throws HubError MethodNotAllowed */
function findRoute({ router }: ArmApi, { method, path }: ArmRequest): ReturnType<Router['find']> | undefined {
  try {
    return router.find(method, path);
  } catch (error) {
    if (error instanceof HubError && error.errorName === 'NotFound') return undefined;
    throw error;
  }
}

const forbidden = ({ method, path }: ArmRequest): Answer =>
  platformError(
    403,
    'AuthorizationFailed',
    `The client '${localUser}' with object id '${localPrincipalId}' does not have authorization to perform action '${actionOf(method, path)}' over scope '${scopeOf(method, path)}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

function asPlatform(error: HubError): Answer {
  const codes: Readonly<Record<number, string>> = {
    400: 'InvalidRequestContent',
    404: 'NotFound',
    405: 'MethodNotAllowed',
    413: 'RequestEntityTooLarge',
  };
  const { status } = error.entry;
  return platformError(status, codes[status] ?? error.errorName, error.message);
}
