import * as l10n from '@vscode/l10n';
import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type FailureAction } from '../../core/failureAction';
import { hubShortName, type HubConnection } from '../../core/hub/hubConnection';
import { networkHint } from '../../core/hub/networkHint';
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
      new IotError(
        'serviceFailed',
        l10n.t('The hub could not be reached: {0}', maskSecrets(plainMessage(error))),
        {
          cause: plainCause(error),
        },
      )
    );
  }
  const answer = readAnswer(bodyOf(error));
  const isRole = hub.tokens !== undefined && (status === 401 || status === 403) && !isQuota(answer);
  const [code, sentence] = isUnknownHub(answer)
    ? notServed(hub)
    : isClosed(status, answer) || (status === 401 && hub.limitedBy === 'closedNetwork')
      ? closed(hub)
      : isRole
        ? roleMissing(answer, hub, subject)
        : sentenceOf(status, answer, hub, subject);
  const isUnclear = status === 401 && (code === 'unauthorized' || code === 'forbidden');
  const message = isUnclear
    ? `${sentence} ${hub.limitedBy === 'ipRules' ? ipRules(hub) : networkHint()}`
    : sentence;
  return new IotError(code, message, {
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
 * What Microsoft Entra ID roles allow on a hub. Owner and Contributor of the hub do not include these.
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
    return ['signInNeeded', l10n.t('The session for hub "{0}" has expired. Sign in again.', name)];
  }
  const { permission, role } = needs[access];
  return [
    'forbidden',
    l10n.t(
      'Your account does not have the permission {0} on hub "{1}". Request the role "{2}"; it takes effect after a few minutes.',
      `Microsoft.Devices/IotHubs/${permission}`,
      name,
      role,
    ),
  ];
}

const nameOf = (hub: HubConnection) => hub.management?.hubName ?? hubShortName(hub.hostName);

/** The service answers so, with status 401 or 404, until all of its servers know a new hub, and after a deletion. */
const isUnknownHub = ({ name, text }: Answer) => /IotHubNotFound/i.test(`${name} ${text}`);
const notServed = (hub: HubConnection): [IotErrorCode, string] => [
  'notReady',
  l10n.t(
    'IoT Hub does not know hub "{0}" at the moment. A new hub is ready some minutes after its creation; otherwise, check whether the hub was deleted.',
    nameOf(hub),
  ),
];

/** Neither a key nor a role helps in this case. */
const isClosed = (status: number, { text }: Answer) =>
  (status === 401 || status === 403) && /public network access|private endpoint|ip filter/i.test(text);
const closed = (hub: HubConnection): [IotErrorCode, string] => [
  'unreachable',
  l10n.t(
    'Hub "{0}" is not accessible from this network: its public network access is disabled or filtered. Use a network with its private endpoint, or change the networking of the hub.',
    nameOf(hub),
  ),
];

const ipRules = (hub: HubConnection) =>
  l10n.t('Hub "{0}" has IP rules: check also whether they allow the address of this computer.', nameOf(hub));

const isQuota = ({ name, text }: Answer) => /quota|throttl/i.test(`${name} ${text}`);

function sentenceOf(
  status: number,
  answer: Answer,
  hub: HubConnection,
  subject: Subject,
): [IotErrorCode, string] {
  const { deviceId } = subject;
  const said = maskSecrets(answer.text || answer.name || `HTTP ${status}`);
  switch (status) {
    case 400:
      return ['invalidInput', l10n.t('The hub rejected the request: {0}', said)];
    case 401:
      return [
        'unauthorized',
        subject.access === 'query'
          ? l10n.t(
              'The hub rejected the key of policy "{0}": the key is wrong or was regenerated, or the policy does not have the permission ServiceConnect.',
              hub.policyName,
            )
          : l10n.t(
              'The hub rejected the key of policy "{0}": the key is wrong or was regenerated, or the policy does not have the required registry permission.',
              hub.policyName,
            ),
      ];
    case 403:
      return [
        'quotaExceeded',
        l10n.t('The hub rejected the request, often because a quota is exceeded: {0}', said),
      ];
    case 404:
      return [
        'notFound',
        deviceId === undefined
          ? l10n.t('The hub does not recognize the address: {0}', said)
          : l10n.t('Device "{0}" does not exist on this hub.', deviceId),
      ];
    case 409:
      return [
        'alreadyExists',
        deviceId === undefined
          ? l10n.t('The device already exists on this hub.')
          : l10n.t('Device "{0}" already exists on this hub.', deviceId),
      ];
    case 412:
      return [
        'changedMeanwhile',
        deviceId === undefined
          ? l10n.t('The device was changed by someone else. Refresh and try again.')
          : l10n.t('Device "{0}" was changed by someone else. Refresh and try again.', deviceId),
      ];
    case 429:
      return ['throttled', l10n.t('The hub is throttling requests. Wait a moment and try again.')];
    default:
      return ['serviceFailed', l10n.t('The hub reported an internal error (HTTP {0}): {1}', status, said)];
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
  const legacy = /^ErrorCode:([^;]*)(?:;([\s\S]*))?$/.exec(message);
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
