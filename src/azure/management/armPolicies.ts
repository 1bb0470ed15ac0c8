import * as l10n from '@vscode/l10n';
import {
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  type SendRequest,
} from '@azure/core-rest-pipeline';
import { abortError, delay, isAbort } from '../../core/base/abort';
import { backoffMs } from '../../core/base/backoff';
import { IotError } from '../../core/errors';
import { plainCause } from '../plainCause';
import { callOf, retryAfter, type ArmConnection } from './armConnection';

/** Azure may ask to wait for an hour; nobody watches a progress bar for so long. */
const longestWaitMs = 2 * 60_000;
const answerMs = 60_000;

/** What every call goes through, the SDK's and others alike; innermost, so that each attempt is signed again. */
export const armPolicies = (connection: ArmConnection): readonly PipelinePolicy[] => [
  stayHome(connection),
  patience(connection),
  authorization(connection),
  watch(connection),
];

const abortSignalOf = (request: PipelineRequest) => request.abortSignal as AbortSignal | undefined;

/** A link in a response may lead anywhere; the token goes to Azure Resource Manager alone. */
function stayHome({ endpoint }: ArmConnection): PipelinePolicy {
  const home = new URL(endpoint);
  return {
    name: 'armStayHome',
    sendRequest: (request, next) => {
      const { origin, host } = new URL(request.url);
      if (origin === home.origin) return next(request);
      throw new IotError(
        'serviceFailed',
        l10n.t(
          'A response of {0} contains a link to another host, {1}. The request was stopped so that your token is not sent there. Refresh; if the problem persists, report it.',
          home.host,
          host,
        ),
      );
    },
  };
}

/** Waits as long as Azure requests, and retries once after a broken connection. */
function patience(connection: ArmConnection): PipelinePolicy {
  return {
    name: 'armPatience',
    sendRequest: async (request, next) => {
      let waitedMs = 0;
      for (let attempt = 0; ; attempt++) {
        const response = await once(request, next);
        const isThrottled =
          response.status === 429 || (response.status === 503 && retryAfter(response) !== undefined);
        if (!isThrottled) return response;
        const seconds = retryAfter(response) ?? Math.ceil(backoffMs(attempt, { first: 2_000 }) / 1000);
        const waitMs = Math.max(seconds * 1000, 250);
        if (waitedMs + waitMs > longestWaitMs) return response;
        const isOver = connection.onThrottled?.(seconds, { ...callOf(request), about: connection.about });
        try {
          await delay(waitMs, abortSignalOf(request));
        } finally {
          isOver?.();
        }
        waitedMs += waitMs;
      }
    },
  };
}

const hiccup = new Set([500, 502, 504]);

async function once(request: PipelineRequest, next: SendRequest): Promise<PipelineResponse> {
  // A call that changes something may have arrived although no response came.
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  try {
    const response = await next(request);
    if (!isSafe || !hiccup.has(response.status)) return response;
  } catch (error) {
    if (!isSafe || isAbort(error) || !isCut(error)) throw error;
  }
  await delay(300, abortSignalOf(request));
  return next(request);
}

const isCut = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

/**
 * A current token for each attempt. When it is rejected with a claims challenge (such as a second factor or a
 * restricted location) a token is requested once more with the challenge, otherwise once more as it is.
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
function authorization({ tokens }: ArmConnection): PipelinePolicy {
  const sign = async (request: PipelineRequest, challenge?: string) => {
    const { token } = await tokens.getToken(challenge, abortSignalOf(request));
    request.headers.set('Authorization', `Bearer ${token}`);
    return token;
  };
  return {
    name: 'armAuthorization',
    sendRequest: async (request, next) => {
      const first = await sign(request);
      const response = await next(request);
      if (response.status !== 401) return response;
      const challenge = response.headers.get('WWW-Authenticate');
      const second = await sign(request, challenge?.includes('claims=') ? challenge : undefined);
      return second === first ? response : next(request);
    },
  };
}

function watch(connection: ArmConnection): PipelinePolicy {
  const { host } = new URL(connection.endpoint);
  return {
    name: 'armWatch',
    sendRequest: async (request, next) => {
      const started = performance.now();
      let status = 0;
      request.timeout ||= answerMs;
      try {
        const response = await next(request);
        status = response.status;
        return response;
      } catch (error) {
        if (!isAbort(error)) throw isBrokenOff(error) ? brokenOff(error) : error;
        // The client's own time limit looks like a cancellation.
        if (abortSignalOf(request)?.aborted) throw abortError();
        throw new IotError(
          'timeout',
          l10n.t('{0} did not respond within {1} seconds.', host, answerMs / 1000),
          { cause: error },
        );
      } finally {
        connection.onCall?.({ ...callOf(request), status, ms: Math.round(performance.now() - started) });
      }
    },
  };
}

/** The client reports a response that breaks off only in words. */
const isBrokenOff = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'PARSE_ERROR' &&
  /abort|premature/i.test(error.message);

const brokenOff = (error: unknown) =>
  Object.assign(new Error('The response broke off.', { cause: plainCause(error) }), { code: 'ECONNRESET' });
