import { isAbort } from './base/abort';
import { type FailureAction } from './failureAction';

export type IotErrorCode =
  | 'invalidInput'
  | 'unauthorized'
  | 'notFound'
  | 'alreadyExists'
  | 'changedMeanwhile'
  | 'throttled'
  | 'quotaExceeded'
  | 'unreachable'
  | 'untrusted'
  | 'timeout'
  | 'refused'
  | 'unsupported'
  | 'serviceFailed'
  | 'localHubFailed'
  | 'wrongPassphrase'
  | 'setupMissing'
  /** No session, or one that has ended: sign in (again). */
  | 'signInNeeded'
  /** The account lacks a role for an action on a scope. */
  | 'forbidden'
  /** Azure created a resource, and not all of its servers know it yet. */
  | 'notReady'
  | 'freeHubTaken'
  | 'regionFull'
  | 'providerNotRegistered'
  /** A lock in Azure prevents the operation. */
  | 'locked';

/**
 * A failure in words for people: `message` is one plain sentence that can be shown as it is. What is meant only for
 * the log is in `detail` and `cause`.
 */
export class IotError extends Error {
  override readonly name = 'IotError';
  readonly detail: string | undefined;
  readonly action: FailureAction | undefined;

  constructor(
    readonly code: IotErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly detail?: string; readonly action?: FailureAction } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.detail = options.detail;
    this.action = options.action;
  }
}

/** By name, because each bundle contains a class of its own. */
export function isIotError(error: unknown): error is IotError {
  return error instanceof Error && error.name === 'IotError' && 'code' in error;
}

/** One line for people from anything that was thrown. */
export function plainMessage(error: unknown): string {
  const first = firstCause(error);
  const text = first instanceof Error ? first.message || first.name : String(first);
  return text.replace(/\s+/g, ' ').trim();
}

/** Looks into an `AggregateError`, whose own message is often empty. */
export function firstCause(error: unknown): unknown {
  if (error instanceof Error && 'errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return firstCause(error.errors.find((inner) => !isAbort(inner)) ?? error.errors[0]);
  }
  return error;
}

/** All details of a failure, for the log: one item for each line, although its message may have line breaks. */
export function describeError(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const lines = stackLines(error);
  if ('detail' in error && typeof error.detail === 'string') lines.push(`detail: ${error.detail}`);
  const addInner = (relation: string, inner: unknown): void => {
    const [first = '', ...others] = describeError(inner, depth + 1);
    lines.push(`${relation}: ${first}`, ...others);
  };
  if (depth < 4) {
    if ('errors' in error && Array.isArray(error.errors)) {
      for (const inner of error.errors.slice(0, 5)) addInner('one of', inner);
    }
    if (error.cause !== undefined) addInner('caused by', error.cause);
  }
  return lines;
}

/** Name and message, then the calls. */
function stackLines({ name, message, stack }: Error): string[] {
  if (stack === undefined) return [`${name}: ${message}`];
  // A message that was changed later is not in the stack.
  const end = stack.includes(message) ? stack.indexOf(message) + message.length : stack.search(/\n[ \t]+at /);
  if (end < 0) return [stack];
  const calls = stack
    .slice(end)
    .split('\n')
    .map((call) => call.trim());
  return [stack.slice(0, end), ...calls.filter((call) => call !== '')];
}
