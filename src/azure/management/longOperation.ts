import { type StateListener } from '../../core/azure/resources';
import { delay, isAbort } from '../../core/base/abort';
import { isIotError } from '../../core/errors';
import { retryAfter } from './armConnection';
import { ArmRefusal, type ArmAnswer, type ArmRest, type Json } from './armRest';

/** How ARM reports an operation that it accepted and that failed. */
export class ArmOperationFailure extends Error {
  override readonly name = 'ArmOperationFailure';
  constructor(
    readonly state: string,
    readonly body: Json,
  ) {
    super(`The operation ended as ${state}.`);
  }
}

export interface Operation {
  /** Path of what is changed, with its api-version. */
  readonly resource: string;
  readonly method: 'PUT' | 'DELETE';
  readonly follow?: StateListener;
  readonly signal?: AbortSignal;
  /** Repeats a read of the state, for a new resource that a server may not know yet. */
  readonly lookAgain?: (look: () => Promise<ArmAnswer>) => Promise<ArmAnswer>;
}

const defaultPauseMs = 2_000;
const minPauseMs = 200;
/** A network may be interrupted for a moment while Azure continues. */
const maxPollAttempts = 4;

/**
 * Waits for the end of an operation that Azure accepted, where the response says to look: `Azure-AsyncOperation`,
 * then `Location`, then the resource itself. A link to another host is not followed; the resource has the state too.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 * @throws ArmOperationFailure when it failed
 */
export async function finish(rest: ArmRest, started: ArmAnswer, operation: Operation): Promise<void> {
  const { follow, signal, method, lookAgain = (look) => look() } = operation;
  const isDelete = method === 'DELETE';
  // A deletion returns the deleted resource, whose own state may be fine.
  let state = isDelete ? 'Deleting' : (stateOf(started) ?? 'Accepted');
  let look = stateSource(rest, started, operation);
  let last = started;
  let said: string | undefined;
  for (;;) {
    if (state !== said) follow?.((said = state));
    if (!look) return end(state, last.body);
    const seconds = retryAfter(last);
    await delay(seconds === undefined ? defaultPauseMs : Math.max(seconds * 1000, minPauseMs), signal);
    const polled = await poll(look);
    if (!polled) return end('Succeeded', {});
    last = polled;
    const next = look.read(polled);
    state = next ?? state;
    if (next === undefined && !look.isRunning(polled)) return;
    if (next !== undefined && isEnd(next)) look = undefined;
  }

  /** `undefined` when a deletion is complete: the resource is no longer found. */
  async function poll({ path }: StateSource): Promise<ArmAnswer | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await lookAgain(() => rest.get(path, { signal }));
      } catch (error) {
        if (isDelete && error instanceof ArmRefusal && error.answer.status === 404) return undefined;
        if (isAbort(error) || isIotError(error) || attempt >= maxPollAttempts || isFinal(error)) throw error;
        await delay(defaultPauseMs * attempt, signal);
      }
    }
  }
}

interface StateSource {
  readonly path: string;
  /** The state that the answer tells. */
  read(answer: ArmAnswer): string | undefined;
  /** For answers without a state. */
  isRunning(answer: ArmAnswer): boolean;
}

function stateSource(rest: ArmRest, started: ArmAnswer, operation: Operation): StateSource | undefined {
  const link = (name: string) => rest.own(started.headers.get(name), operation.resource);
  const statusLink = link('Azure-AsyncOperation');
  if (statusLink) {
    return {
      path: statusLink,
      read: ({ body }) => text(body['status']),
      isRunning: ({ status }) => status === 202,
    };
  }
  const location = started.status === 202 || operation.method === 'DELETE' ? link('Location') : undefined;
  if (location) {
    return {
      path: location,
      read: (answer) => (answer.status === 202 ? undefined : (stateOf(answer) ?? 'Succeeded')),
      isRunning: ({ status }) => status === 202,
    };
  }
  if (operation.method === 'DELETE') {
    // 200 and 204 say that it is gone; 202 without a link leaves nothing but to look.
    return started.status === 202
      ? { path: operation.resource, read: (answer) => stateOf(answer) ?? 'Deleting', isRunning: () => true }
      : undefined;
  }
  const state = stateOf(started);
  return state === undefined || isEnd(state)
    ? undefined
    : { path: operation.resource, read: (answer) => stateOf(answer) ?? 'Succeeded', isRunning: () => true };
}

function end(state: string, body: Json): void {
  if (isFailure(state)) throw new ArmOperationFailure(state, body);
}

const isFailure = (state: string) => /^(failed|canceled|cancelled)$/i.test(state);
const isEnd = (state: string) => /^succeeded$/i.test(state) || isFailure(state);
const isFinal = (error: unknown) => error instanceof ArmRefusal && error.answer.status < 500;

/** `provisioningState` of a resource, or `status` of an operation. */
function stateOf({ body }: ArmAnswer): string | undefined {
  const properties = body['properties'];
  const inside =
    typeof properties === 'object' && properties !== null
      ? text((properties as Json)['provisioningState'])
      : undefined;
  return inside ?? text(body['status']);
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
