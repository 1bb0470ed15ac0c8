import { isAbort } from '../../core/base/abort';
import { maskSecrets } from '../../core/base/maskSecrets';
import { firstCause, IotError, isIotError, plainMessage } from '../../core/errors';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import { networkFailure } from '../../core/networkFailure';
import { hostOf } from './eventTransport';

/** Any failure of the AMQP endpoints as an `IotError`. */
export function eventsFailure(error: unknown, hub: EventsTarget, port: number): IotError {
  const cause = firstCause(socketError(error));
  if (isIotError(cause)) return cause;
  const network = networkFailure(cause, hostOf(hub), port);
  if (network) return network;
  const [code, sentence] = sentenceOf(conditionOf(cause), hub) ?? [
    'serviceFailed' as const,
    `Reading the hub's events failed: ${maskSecrets(isAbort(cause) ? 'the wait was cut short' : plainMessage(readable(cause)))}`,
  ];
  return new IotError(code, sentence, { cause: error, detail: maskSecrets(plainMessage(readable(cause))) });
}

/** WebSockets report an event that holds the error. */
export function socketError(error: unknown): unknown {
  const isEvent =
    typeof error === 'object' && error !== null && !(error instanceof Error) && 'error' in error;
  return isEvent && error.error instanceof Error ? error.error : error;
}

function sentenceOf(condition: string, hub: EventsTarget): [IotError['code'], string] | undefined {
  switch (condition) {
    case 'UnauthorizedError':
    case 'amqp:unauthorized-access':
      return [
        'unauthorized',
        `The hub refused the key of policy "${hub.policyName}": it is wrong, was regenerated, or the policy lacks the right ServiceConnect.`,
      ];
    case 'MessagingEntityNotFoundError':
    case 'amqp:not-found':
      return ['notFound', 'The hub does not have this event endpoint or consumer group.'];
    case 'ReceiverDisconnectedError':
    case 'amqp:link:stolen':
      return ['refused', 'Another reader took over this consumer group: use one of your own.'];
    case 'QuotaExceededError':
    case 'ResourceExhaustedError':
    case 'amqp:resource-limit-exceeded':
      return [
        'quotaExceeded',
        'Too many readers use this consumer group (at most five may read a partition at the same time): use one of your own.',
      ];
    case 'OperationTimeoutError':
    case 'ServiceUnavailableError':
    case 'com.microsoft:timeout':
      return ['timeout', `The event endpoint of ${hostOf(hub)} did not answer in time.`];
    case 'ServerBusyError':
    case 'com.microsoft:server-busy':
      return ['throttled', 'The event endpoint is busy and asks to wait.'];
    default:
      return undefined;
  }
}

function conditionOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  for (const name of ['condition', 'code', 'name'] as const) {
    const value = (error as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string' && value !== '' && value !== 'Error') return value;
  }
  return '';
}

/** AMQP errors are plain objects with a description; the SDK makes errors without words of some. */
function readable(error: unknown): unknown {
  if (error instanceof Error && error.message === '[object Object]') return new Error('the connection broke');
  if (error instanceof Error || typeof error !== 'object' || error === null) return error;
  const { description } = error as { description?: unknown };
  return new Error(
    typeof description === 'string' && description ? description : conditionOf(error) || 'unknown reason',
  );
}
