import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type FailureAction } from '../../core/failureAction';
import { hubShortName, type HubConnection } from '../../core/hub/hubConnection';
import { networkFailure } from '../../core/networkFailure';
import { plainCause } from '../plainCause';

export type RegistryAccess = 'query' | 'read' | 'write' | 'delete' | 'statistics';

/** What a failed call was about, for the sentence. */
export interface Subject {
  readonly access: RegistryAccess;
  readonly deviceId?: string;
  /** Of the tree. */
  readonly hubId?: string | undefined;
}

/** Any failure of a registry call as an `IotError`. */
export function registryFailure(error: unknown, hub: HubConnection, subject: Subject): IotError {
  if (isIotError(error)) return error;
  const status = statusOf(error);
  if (status === undefined) {
    return (
      networkFailure(plainCause(error), hub.hostName, hub.httpsPort) ??
      new IotError('serviceFailed', `The hub could not be asked: ${maskSecrets(plainMessage(error))}`, {
        cause: plainCause(error),
      })
    );
  }
  const answer = readAnswer(bodyOf(error));
  const isRole = hub.tokens !== undefined && (status === 401 || status === 403) && !isQuota(answer);
  const [code, sentence] = isClosed(status, answer)
    ? closed(hub)
    : isRole
      ? roleMissing(answer, hub, subject)
      : sentenceOf(status, answer, hub, subject);
  return new IotError(code, sentence, {
    cause: plainCause(error),
    ...actionFor(code, subject),
    detail: maskSecrets(`HTTP ${status} ${answer.name} ${answer.text} ${answer.tracking}`.trim()),
  });
}

function actionFor(code: IotErrorCode, { access, hubId }: Subject): { readonly action?: FailureAction } {
  if (code === 'signInNeeded') return { action: { kind: 'signIn' } };
  if (code !== 'forbidden' || !hubId) return {};
  return { action: { kind: 'copyRoleAssignment', hubId, role: needs[access].role } };
}

/**
 * What Microsoft Entra ID lets somebody do with a hub. Owner and Contributor of the hub do not have these.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad
 */
const needs: Readonly<Record<RegistryAccess, { readonly permission: string; readonly role: string }>> = {
  query: { permission: 'twins/read', role: 'IoT Hub Data Reader' },
  read: { permission: 'devices/read', role: 'IoT Hub Data Reader' },
  statistics: { permission: 'statistics/read', role: 'IoT Hub Data Reader' },
  write: { permission: 'devices/write', role: 'IoT Hub Registry Contributor' },
  delete: { permission: 'devices/delete', role: 'IoT Hub Registry Contributor' },
};

/** "Principal x is not authorized for GET on /devices/y due to no assigned permissions", with status 401. */
function roleMissing({ text }: Answer, hub: HubConnection, { access }: Subject): [IotErrorCode, string] {
  const name = nameOf(hub);
  if (/expired/i.test(text)) {
    return ['signInNeeded', `The session for hub "${name}" has ended. Sign in again.`];
  }
  const { permission, role } = needs[access];
  return [
    'forbidden',
    `Your account lacks the permission Microsoft.Devices/IotHubs/${permission} on hub "${name}": ask for the role "${role}" there, which counts after a few minutes.`,
  ];
}

const nameOf = (hub: HubConnection) => hub.management?.hubName ?? hubShortName(hub.hostName);

/** Neither a key nor a role helps against that. */
const isClosed = (status: number, { text }: Answer) =>
  (status === 401 || status === 403) && /public network access|private endpoint|ip filter/i.test(text);
const closed = (hub: HubConnection): [IotErrorCode, string] => [
  'unreachable',
  `Hub "${nameOf(hub)}" takes nobody in from this network: its public access is off or filtered. Use a network with its private endpoint, or change the hub's networking.`,
];

const isQuota = ({ name, text }: Answer) => /quota|throttl/i.test(`${name} ${text}`);

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
        `The hub refused the key of policy "${hub.policyName}": it is wrong, was regenerated, or the policy lacks ${subject.access === 'query' ? 'the right ServiceConnect' : 'a registry right'}.`,
      ];
    case 403:
      return ['quotaExceeded', `The hub refused the request, often because a quota is used up: ${said}`];
    case 404:
      return [
        'notFound',
        subject.deviceId === undefined
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
