import * as l10n from '@vscode/l10n';
import { maskSecrets } from '../../core/base/maskSecrets';
import { retryAfter } from './armConnection';
import { ArmRefusal, type Json } from './armRest';
import { ArmOperationFailure } from './longOperation';

/** What ARM or the resource provider reported. Nothing here is secret. */
export interface Failure {
  /** HTTP status, or the first digits of the provider's code; `undefined` when there was no response. */
  readonly status: number | undefined;
  /** `AuthorizationFailed`, `400019`, … */
  readonly code: string;
  readonly message: string;
  /** Without the correlation id and the time, which are in the log. */
  readonly said: string;
  readonly retryAfter?: number;
  /** Names of the policies that disallowed it. */
  readonly policies: readonly string[];
}

/**
 * Reads the body of the ARM platform (`{"error":{"code","message"}}`), of the IoT Hub provider (`{"code":400019,…}`),
 * or of a failed operation, whoever threw it.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 */
export function readFailure(error: unknown): Failure {
  const { status, body, headers } = answerOf(error);
  const outer = record(body);
  const inner = innermost(record(outer['error']));
  // The text of these two errors is internal; only their body is meaningful.
  const own = error instanceof ArmRefusal || error instanceof ArmOperationFailure ? {} : record(error);
  const code = text(inner['code']) || text(outer['code']) || text(own['code']);
  const message = maskSecrets(text(inner['message']) || text(outer['message']) || text(own['message']));
  const seconds = headers && retryAfter(headers);
  return {
    // An operation fails with the provider's code alone.
    status: status ?? (/^[45]\d{5}$/.test(code) ? Math.floor(Number(code) / 1000) : undefined),
    code,
    message,
    said: firstSentence(message),
    ...(seconds === undefined ? {} : { retryAfter: seconds }),
    policies: policiesOf(inner, message),
  };
}

interface Answer {
  readonly status: number | undefined;
  readonly body: unknown;
  readonly headers?: Parameters<typeof retryAfter>[0];
}

function answerOf(error: unknown): Answer {
  if (error instanceof ArmRefusal) return { ...error.answer, headers: error.answer };
  if (error instanceof ArmOperationFailure) return { status: undefined, body: error.body };
  // `RestError` of the SDK.
  const { statusCode, details, response } = record(error);
  const headers = record(record(response)['headers']);
  return {
    status: typeof statusCode === 'number' ? statusCode : undefined,
    body: details,
    ...(typeof headers['get'] === 'function'
      ? { headers: response as Parameters<typeof retryAfter>[0] }
      : {}),
  };
}

/** A deployment wraps the cause: the outer error has no details. */
function innermost(error: Json): Json {
  const [first] = Array.isArray(error['details']) ? (error['details'] as unknown[]) : [];
  const isWrapper = /^(DeploymentFailed|ResourceDeploymentFailure|InvalidTemplateDeployment)$/.test(
    text(error['code']),
  );
  return isWrapper && first !== undefined ? innermost(record(first)) : error;
}

/** The names are in `additionalInfo`; older responses have them in the message alone. */
function policiesOf(error: Json, message: string): readonly string[] {
  const infos = Array.isArray(error['additionalInfo']) ? (error['additionalInfo'] as unknown[]) : [];
  const named = infos
    .map((one) => record(record(one)['info']))
    .map((info) => text(info['policyAssignmentDisplayName']) || text(info['policyDefinitionDisplayName']))
    .filter((name) => name !== '');
  const inText = [...message.matchAll(/"policyAssignment":\{"name":"([^"]+)"/g)].map(([, name = '']) => name);
  return [...new Set(named.length > 0 ? named : inText)];
}

function firstSentence(message: string): string {
  const end = message.search(/If you contact a support representative/i);
  const short = (end < 0 ? message : message.slice(0, end)).replace(/\s+/g, ' ').trim();
  if (short === '') return l10n.t('No reason was given.');
  return /[.!?]$/.test(short) ? short : `${short}.`;
}

export const record = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as Json;
export const text = (value: unknown) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
