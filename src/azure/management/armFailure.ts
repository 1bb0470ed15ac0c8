import { azureHubId } from '../../core/azure/azureDirectory';
import { listText } from '../../core/base/lists';
import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type FailureAction } from '../../core/failureAction';
import { counted } from '../../core/base/numbers';
import { networkFailure } from '../../core/networkFailure';
import { plainCause } from '../plainCause';
import { unreadable } from './armRest';
import { ArmOperationFailure } from './longOperation';
import { readFailure, type Failure } from './readFailure';

/** What a call was about, for the sentence. */
export interface Scene {
  /** What was wanted: `create hub "factory"`. It goes behind "You may not". */
  readonly wanted: string;
  /** Where it was: `in subscription "Pay-As-You-Go"`. */
  readonly where: string;
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
  /** Whether an account signs, so that signing in helps. */
  readonly isAccount: boolean;
}

type Sentence = readonly [IotErrorCode, string, FailureAction?];

/** Any failure of a call of Azure Resource Manager as an `IotError` that says what to do. */
export function armFailure(error: unknown, scene: Scene): IotError {
  if (isIotError(error)) return error;
  const failure = readFailure(error);
  if (failure.status === undefined && failure.code === '' && !(error instanceof ArmOperationFailure))
    return noAnswer(error, scene);
  const answered = failure.status === undefined ? undefined : sentenceOfStatus(failure, scene);
  const found = sentenceOfCode(failure, scene) ?? answered ?? fullLater(error, failure, scene);
  if (found) return failureOf(found, failure, error);
  const network = networkFailureOf(error, scene);
  if (network) return network;
  // `PARSE_ERROR` of the SDK: an answer that counts, but is no JSON.
  if (failure.status !== undefined && failure.status < 300) return unreadable(plainCause(error));
  return failureOf(
    ['serviceFailed', `Azure could not ${scene.wanted} ${scene.where}: ${failure.said}`],
    failure,
    error,
  );
}

export const failureOf = ([kind, sentence, action]: Sentence, failure: Failure, cause: unknown) =>
  new IotError(kind, sentence, {
    cause: plainCause(cause),
    detail: `HTTP ${failure.status ?? '-'} ${failure.code} ${failure.message}`.trim(),
    ...(action ? { action } : {}),
  });

function noAnswer(error: unknown, scene: Scene): IotError {
  return (
    networkFailureOf(error, scene) ??
    new IotError(
      'serviceFailed',
      `Azure could not be asked to ${scene.wanted} ${scene.where}: ${maskSecrets(plainMessage(error))}`,
      { cause: plainCause(error) },
    )
  );
}

function networkFailureOf(error: unknown, { endpoint }: Scene): IotError | undefined {
  const { hostname, port } = new URL(endpoint);
  return networkFailure(plainCause(error), hostname, Number(port || 443));
}

/** What ARM has a name for, whatever its status. */
function sentenceOfCode(failure: Failure, scene: Scene): Sentence | undefined {
  const { code, said, message } = failure;
  const { wanted, where } = scene;
  switch (code) {
    case 'AuthorizationFailed':
    case 'LinkedAuthorizationFailed':
      return forbidden(message, scene);
    case 'RequestDisallowedByPolicy':
      return [
        'forbidden',
        `A policy of Azure does not let anybody ${wanted} ${where}: ${quoted(failure.policies) || said} Choose what it allows, or ask who keeps it.`,
      ];
    case 'ScopeLocked':
      return [
        'locked',
        `A lock on ${lockedScope(message)} keeps Azure from it: could not ${wanted}. Remove the lock in the Azure portal, under "Locks", and try again.`,
      ];
    case 'MissingSubscriptionRegistration':
    case 'SubscriptionNotRegistered':
      return [
        'providerNotRegistered',
        `The provider Microsoft.Devices, which makes hubs, is not registered ${where}. Register it, and try again.`,
      ];
    case '400019':
      return /sku\s*=\s*Free/i.test(message)
        ? [
            'freeHubTaken',
            `There is a free hub ${where} already, and Azure gives one. Choose another tier or subscription.`,
          ]
        : ['quotaExceeded', `There are as many hubs ${where} as Azure allows: ${said}`];
    case 'LocationNotAvailableForResourceType':
    case 'NoRegisteredProviderFound':
      return ['unsupported', `Azure has no hubs in this region: could not ${wanted}. Choose another region.`];
    case 'SkuNotAvailable':
    case 'RegionFull':
    case 'RegionCapacityExceeded':
    case 'ResourceCapacityUnavailable':
      return full(scene, said);
    case 'SubscriptionNotFound':
    case 'InvalidSubscriptionId':
      return [
        'notFound',
        `Azure does not find the subscription any more: could not ${wanted} ${where}. Refresh.`,
      ];
    case 'ResourceGroupNotFound':
      return [
        'notFound',
        `The resource group does not exist any more: could not ${wanted} ${where}. Refresh.`,
      ];
    case 'ResourceGroupBeingDeleted':
      return [
        'refused',
        `The resource group is being deleted: could not ${wanted} ${where}. Choose another one.`,
      ];
    case 'ReadOnlyDisabledSubscription':
    case 'SubscriptionDisabled':
      return ['refused', `The subscription is disabled and can only be read: could not ${wanted} ${where}.`];
    default:
      return undefined;
  }
}

const full = ({ wanted }: Scene, said: string): Sentence => [
  'regionFull',
  `The region takes no new hubs of this tier now: could not ${wanted}. Choose another region. Azure says: ${said}`,
];

/** A region may take a hub and have no room for it afterwards; such a failure has no status. */
const fullLater = (error: unknown, { said }: Failure, scene: Scene): Sentence | undefined =>
  error instanceof ArmOperationFailure && /capacity/i.test(said) ? full(scene, said) : undefined;

function sentenceOfStatus(failure: Failure, scene: Scene): Sentence | undefined {
  const { status = 0, said } = failure;
  const { wanted, where } = scene;
  switch (status) {
    case 401:
      return scene.isAccount
        ? [
            'signInNeeded',
            `Azure asks to sign in again: the session has ended. Could not ${wanted} ${where}.`,
            { kind: 'signIn' },
          ]
        : [
            'unauthorized',
            `Azure Resource Manager refused the token of the token file: could not ${wanted} ${where}.`,
          ];
    case 403:
      return ['forbidden', `You may not ${wanted} ${where}: ${said}`];
    case 404:
      return ['notFound', `It is not there any more: could not ${wanted} ${where}. ${said}`];
    case 409:
      return /not available|already exists|in use|taken/i.test(said)
        ? [
            'alreadyExists',
            `The name is taken: could not ${wanted}. Choose another name. Azure says: ${said}`,
          ]
        : [
            'refused',
            `It is busy with another change: could not ${wanted} ${where}. Try again in a moment. ${said}`,
          ];
    case 412:
      return [
        'changedMeanwhile',
        `Somebody else changed it meanwhile: could not ${wanted} ${where}. Refresh and try again.`,
      ];
    case 429:
      return [
        'throttled',
        `Azure asks to slow down: could not ${wanted} ${where}. Try again in ${pause(failure)}.`,
      ];
    case 400:
    case 422:
      if (/capacity|not accepting|no longer accepting/i.test(said)) return full(scene, said);
      return ['invalidInput', `Azure does not accept this: could not ${wanted} ${where}. ${said}`];
    default:
      return status >= 300
        ? [
            'serviceFailed',
            `Azure reported a failure of its own (HTTP ${status}): could not ${wanted} ${where}. ${said}`,
          ]
        : undefined;
  }
}

/**
 * "… does not have authorization to perform action 'X' over scope 'Y' or the scope is invalid."; of something else
 * that is used, "… does not have permission to perform action(s) 'X' on the linked scope(s) 'Y' …".
 */
function forbidden(message: string, { wanted, where }: Scene): Sentence {
  const [, action, scope] =
    /action\(s\) '([^']+)' on the linked scope\(s\) '([^']+)'/.exec(message) ??
    /perform action '([^']+)'(?: over scope '([^']+)')?/.exec(message) ??
    [];
  if (!action) return ['forbidden', `You may not ${wanted} ${where}: the account lacks a role for it.`];
  const at = scope ? ` on ${scopeName(scope)}` : '';
  const sentence = `You may not ${wanted}: the account lacks the permission ${action}${at}. Ask for the role ${roleFor(action)} there.`;
  return scope && hubScope.test(scope)
    ? [
        'forbidden',
        sentence,
        { kind: 'copyRoleAssignment', hubId: azureHubId({ id: scope }), role: roleFor(action) },
      ]
    : ['forbidden', sentence];
}

const roleFor = (action: string) => (/\/read$/i.test(action) ? 'Reader' : 'Contributor');
const hubScope = /\/providers\/Microsoft\.Devices\/IotHubs\/[^/]+$/i;

/** A scope in words: the last thing that it names. */
export function scopeName(scope: string): string {
  const hub = /\/providers\/Microsoft\.Devices\/IotHubs\/([^/]+)/i.exec(scope)?.[1];
  if (hub) return `hub "${hub}"`;
  const other = /\/providers\/.+\/([^/]+)$/i.exec(scope)?.[1];
  if (other) return `"${other}"`;
  const group = /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1];
  if (group) return `resource group "${group}"`;
  const subscription = /\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
  return subscription ? `subscription ${subscription}` : scope;
}

/** "… because following scope(s) are locked: 'X','Y'. Please remove the lock and try again." */
function lockedScope(message: string): string {
  const list = /locked: ((?:'[^']+'[,\s]*)+)/.exec(message)?.[1];
  const scopes = list?.match(/'([^']+)'/g)?.map((one) => scopeName(one.slice(1, -1))) ?? [];
  return listText(scopes) || 'it';
}

const quoted = (names: readonly string[]) =>
  names.length === 0 ? '' : `${names.map((name) => `"${name}"`).join(', ')}.`;

function pause({ retryAfter }: Failure): string {
  if (retryAfter === undefined) return 'a minute';
  return retryAfter < 120 ? counted(retryAfter, 'second') : counted(Math.ceil(retryAfter / 60), 'minute');
}
