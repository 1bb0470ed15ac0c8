import * as l10n from '@vscode/l10n';
import { isAbort } from '../../core/base/abort';
import { maskSecrets } from '../../core/base/maskSecrets';
import { firstCause, IotError, isIotError, plainMessage } from '../../core/errors';
import { type EventsTarget } from '../../core/hub/eventHubConnection';
import { networkHint } from '../../core/hub/networkHint';
import { networkFailure } from '../../core/networkFailure';
import { hostOf } from './eventTransport';

/** Any failure of the AMQP endpoints as an `IotError`. */
export function eventsFailure(error: unknown, hub: EventsTarget, port: number): IotError {
  const cause = firstCause(socketError(error));
  if (isIotError(cause)) return cause;
  const network = networkFailure(cause, hostOf(hub), port);
  if (network) return network;
  if (isLostConnection(cause))
    return new IotError('unreachable', l10n.t('The connection to {0} was lost.', `${hostOf(hub)}:${port}`), {
      cause: error,
      detail: maskSecrets(plainMessage(cause)),
    });
  const [code, sentence] = sentenceOf(conditionOf(cause), hub) ?? [
    'serviceFailed' as const,
    isAbort(cause)
      ? l10n.t('Reading the events of the hub was interrupted.')
      : l10n.t('Reading the events of the hub failed: {0}', maskSecrets(plainMessage(readable(cause)))),
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
        `${l10n.t(
          'The hub rejected the key of policy "{0}": the key is wrong or was regenerated, or the policy does not have the permission ServiceConnect.',
          hub.policyName,
        )} ${networkHint()}`,
      ];
    case 'MessagingEntityNotFoundError':
    case 'amqp:not-found':
      return ['notFound', l10n.t('The hub does not have this event endpoint or consumer group.')];
    case 'ReceiverDisconnectedError':
    case 'amqp:link:stolen':
      return [
        'refused',
        l10n.t('Another reader took over this consumer group. Use a dedicated consumer group.'),
      ];
    case 'QuotaExceededError':
    case 'ResourceExhaustedError':
    case 'amqp:resource-limit-exceeded':
      return [
        'quotaExceeded',
        l10n.t(
          'The consumer group has reached its limit of five readers per partition. Use a dedicated consumer group.',
        ),
      ];
    case 'OperationTimeoutError':
    case 'ServiceUnavailableError':
    case 'com.microsoft:timeout':
      return ['timeout', l10n.t('The event endpoint of {0} did not respond in time.', hostOf(hub))];
    case 'ServerBusyError':
    case 'com.microsoft:server-busy':
      return ['throttled', l10n.t('The event endpoint is throttling requests. Try again in a moment.')];
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

/** Messages without a code for a connection that ended while it was being opened or used. */
const lostConnection = /^WebSocket (is not open|was closed before)|^socket hang up$|^the connection broke$/;

const isLostConnection = (error: unknown) => lostConnection.test(plainMessage(readable(error)));

/** AMQP errors are plain objects with a description; the SDK turns some into errors without a message. */
function readable(error: unknown): unknown {
  if (error instanceof Error && error.message === '[object Object]') return new Error('the connection broke');
  if (error instanceof Error || typeof error !== 'object' || error === null) return error;
  const { description } = error as { description?: unknown };
  return new Error(
    typeof description === 'string' && description ? description : conditionOf(error) || 'unknown reason',
  );
}
