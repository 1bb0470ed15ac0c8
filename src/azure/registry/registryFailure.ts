import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type HubConnection } from '../../core/hub/hubConnection';
import { networkFailure } from '../../core/networkFailure';

/** What a failed call was about, for the sentence. */
export interface Subject {
  readonly deviceId?: string;
  readonly isQuery?: boolean;
}

/** Any failure of a registry call as an `IotError`. */
export function registryFailure(error: unknown, hub: HubConnection, subject: Subject): IotError {
  if (isIotError(error)) return error;
  const status = statusOf(error);
  if (status === undefined) {
    return (
      networkFailure(error, hub.hostName, hub.httpsPort) ??
      new IotError('serviceFailed', `The hub could not be asked: ${maskSecrets(plainMessage(error))}`, {
        cause: error,
      })
    );
  }
  const answer = readAnswer(bodyOf(error));
  const [code, sentence] = sentenceOf(status, answer, hub, subject);
  return new IotError(code, sentence, {
    cause: error,
    detail: maskSecrets(`HTTP ${status} ${answer.name} ${answer.text} ${answer.tracking}`.trim()),
  });
}

function sentenceOf(
  status: number,
  answer: Answer,
  hub: HubConnection,
  subject: Subject,
): [IotErrorCode, string] {
  const device = subject.deviceId === undefined ? 'The device' : `Device "${subject.deviceId}"`;
  const said = maskSecrets(answer.text || answer.name || `HTTP status ${status}`);
  switch (status) {
    case 400:
      return ['invalidInput', `The hub did not accept the request: ${said}`];
    case 401:
      return [
        'unauthorized',
        `The hub refused the key of policy "${hub.policyName}": it is wrong, was regenerated, or the policy lacks ${subject.isQuery ? 'the right ServiceConnect' : 'a registry right'}.`,
      ];
    case 403:
      return ['quotaExceeded', `The hub refused the request, often because a quota is used up: ${said}`];
    case 404:
      return [
        'notFound',
        subject.isQuery
          ? `The hub did not know the address: ${said}`
          : `${device} does not exist on this hub.`,
      ];
    case 409:
      return ['alreadyExists', `${device} exists already on this hub.`];
    case 412:
      return ['changedMeanwhile', `${device} was changed by someone else meanwhile. Refresh and try again.`];
    case 429:
      return ['throttled', 'The hub asks to slow down: too many requests. Wait a little and try again.'];
    default:
      return ['serviceFailed', `The hub reported a failure of its own (HTTP ${status}): ${said}`];
  }
}

interface Answer {
  readonly name: string;
  readonly text: string;
  readonly tracking: string;
}

/** `{"Message":"ErrorCode:Name;text","ExceptionMessage":"Tracking ID:…"}`, or JSON inside `Message`. */
export function readAnswer(body: string): Answer {
  const outer = readObject(body);
  const message = stringOf(outer['Message']) || stringOf(outer['message']);
  const tracking = stringOf(outer['ExceptionMessage']) || stringOf(outer['trackingId']);
  const inner = readObject(message);
  if (stringOf(inner['message'])) {
    const code = inner['errorCode'];
    return {
      name: typeof code === 'number' || typeof code === 'string' ? String(code) : '',
      text: stringOf(inner['message']),
      tracking: stringOf(inner['trackingId']) || tracking,
    };
  }
  const legacy = /^ErrorCode:([^;]*);?([\s\S]*)$/.exec(message);
  return legacy
    ? { name: legacy[1] ?? '', text: (legacy[2] ?? '').trim(), tracking }
    : { name: '', text: message.trim(), tracking };
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const stringOf = (value: unknown) => (typeof value === 'string' ? value : '');

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('response' in error)) return undefined;
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return undefined;
  return typeof response.statusCode === 'number' ? response.statusCode : undefined;
}

function bodyOf(error: unknown): string {
  return error instanceof Error && 'responseBody' in error ? stringOf(error.responseBody) : '';
}
