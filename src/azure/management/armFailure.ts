import * as l10n from '@vscode/l10n';
import { azureHubId } from '../../core/azure/azureDirectory';
import { durationText } from '../../core/base/durations';
import { listText } from '../../core/base/lists';
import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type FailureAction } from '../../core/failureAction';
import { networkFailure } from '../../core/networkFailure';
import { plainCause } from '../plainCause';
import { unreadable } from './armRest';
import { ArmOperationFailure } from './longOperation';
import { readFailure, type Failure } from './readFailure';

/** What a call was about, for the sentences. */
export interface CallContext {
  /** The outcome as a sentence: `Hub "factory" could not be created.` */
  readonly outcome: string;
  /** Name of the subscription, when the call is about one. */
  readonly subscription?: string;
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
  /** Whether an account authenticates, so that signing in helps. */
  readonly isAccount: boolean;
}

type Sentence = readonly [IotErrorCode, string, FailureAction?];

/** Any failure of a call of Azure Resource Manager as an `IotError`: the outcome, the cause, and what to do. */
export function armFailure(error: unknown, context: CallContext): IotError {
  if (isIotError(error)) return error;
  const failure = readFailure(error);
  if (failure.status === undefined && failure.code === '' && !(error instanceof ArmOperationFailure))
    return noAnswer(error, context);
  const answered = failure.status === undefined ? undefined : sentenceOfStatus(failure, context);
  const found = sentenceOfCode(failure, context) ?? answered ?? regionFullLater(error, failure, context);
  if (found) return failureOf(found, failure, error);
  const network = networkFailureOf(error, context);
  if (network) return network;
  // `PARSE_ERROR` of the SDK: a successful response that is not JSON.
  if (failure.status !== undefined && failure.status < 300) return unreadable();
  return failureOf(['serviceFailed', sentences(context.outcome, failure.said)], failure, error);
}

/** Whole sentences in a row. */
const sentences = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');

export const failureOf = ([kind, sentence, action]: Sentence, failure: Failure, cause: unknown) =>
  new IotError(kind, sentence, {
    cause: plainCause(cause),
    detail: sentences(
      `HTTP ${failure.status ?? '-'} ${failure.code} ${failure.message}`.trim(),
      failure.policies.length > 0 ? `Policies: ${failure.policies.join(', ')}` : '',
    ),
    ...(action ? { action } : {}),
  });

function noAnswer(error: unknown, context: CallContext): IotError {
  return (
    networkFailureOf(error, context) ??
    new IotError('serviceFailed', sentences(context.outcome, maskSecrets(plainMessage(error))), {
      cause: plainCause(error),
    })
  );
}

function networkFailureOf(error: unknown, { endpoint }: CallContext): IotError | undefined {
  const { hostname, port } = new URL(endpoint);
  return networkFailure(plainCause(error), hostname, Number(port || 443));
}

/** Failures that ARM has a code for, whatever their status. */
function sentenceOfCode(failure: Failure, context: CallContext): Sentence | undefined {
  const { code, said, message } = failure;
  const { outcome, subscription } = context;
  switch (code) {
    case 'AuthorizationFailed':
    case 'LinkedAuthorizationFailed':
      return forbidden(message, context);
    case 'RequestDisallowedByPolicy':
      return ['forbidden', sentences(outcome, disallowed(failure))];
    case 'ScopeLocked':
      return ['locked', sentences(outcome, locked(message))];
    case 'MissingSubscriptionRegistration':
    case 'SubscriptionNotRegistered':
      return [
        'providerNotRegistered',
        subscription === undefined
          ? l10n.t(
              'The resource provider Microsoft.Devices, which IoT hubs require, is not registered. Register it and try again.',
            )
          : l10n.t(
              'The resource provider Microsoft.Devices, which IoT hubs require, is not registered in subscription "{0}". Register it and try again.',
              subscription,
            ),
      ];
    case '400019':
      return /sku\s*=\s*Free/i.test(message)
        ? ['freeHubTaken', sentences(outcome, freeHubTaken(subscription))]
        : [
            'quotaExceeded',
            sentences(outcome, l10n.t('The subscription has reached its limit of IoT hubs.'), said),
          ];
    case 'LocationNotAvailableForResourceType':
    case 'NoRegisteredProviderFound':
      return [
        'unsupported',
        sentences(outcome, l10n.t('Azure does not offer IoT hubs in this region. Select another region.')),
      ];
    case 'SkuNotAvailable':
    case 'RegionFull':
    case 'RegionCapacityExceeded':
    case 'ResourceCapacityUnavailable':
      return regionFull(context, said);
    case 'SubscriptionNotFound':
    case 'InvalidSubscriptionId':
      return ['notFound', sentences(outcome, l10n.t('The subscription no longer exists. Refresh.'))];
    case 'ResourceGroupNotFound':
      return ['notFound', sentences(outcome, l10n.t('The resource group no longer exists. Refresh.'))];
    case 'ResourceGroupBeingDeleted':
      return [
        'refused',
        sentences(outcome, l10n.t('The resource group is being deleted. Select another one.')),
      ];
    case 'ReadOnlyDisabledSubscription':
    case 'SubscriptionDisabled':
      return ['refused', sentences(outcome, l10n.t('The subscription is disabled and read-only.'))];
    default:
      return undefined;
  }
}

const freeHubTaken = (subscription: string | undefined) =>
  subscription === undefined
    ? l10n.t('A subscription can have only one free hub. Select another tier or subscription.')
    : l10n.t(
        'Subscription "{0}" already has its one free hub. Select another tier or subscription.',
        subscription,
      );

function disallowed({ policies, said }: Failure): string {
  if (policies.length === 0)
    return sentences(
      l10n.t('An Azure policy does not allow it.'),
      said,
      l10n.t('Select values that the policy allows, or contact your Azure administrator.'),
    );
  const names = listText(policies.map((name) => `"${name}"`));
  return policies.length === 1
    ? l10n.t(
        'The Azure policy {0} does not allow it. Select values that the policy allows, or contact your Azure administrator.',
        names,
      )
    : l10n.t(
        'The Azure policies {0} do not allow it. Select values that the policies allow, or contact your Azure administrator.',
        names,
      );
}

const regionFull = ({ outcome }: CallContext, said: string): Sentence => [
  'regionFull',
  sentences(
    outcome,
    l10n.t('The region currently has no capacity for new hubs of this tier. Select another region.'),
    said,
  ),
];

/** A region may accept a hub and then have no capacity for it; such a failure has no status. */
const regionFullLater = (error: unknown, { said }: Failure, context: CallContext): Sentence | undefined =>
  error instanceof ArmOperationFailure && /capacity/i.test(said) ? regionFull(context, said) : undefined;

function sentenceOfStatus(failure: Failure, context: CallContext): Sentence | undefined {
  const { status = 0, said } = failure;
  const { outcome } = context;
  switch (status) {
    case 401:
      return context.isAccount
        ? [
            'signInNeeded',
            sentences(outcome, l10n.t('The session has expired. Sign in again.')),
            { kind: 'signIn' },
          ]
        : [
            'unauthorized',
            sentences(outcome, l10n.t('Azure Resource Manager rejected the token of the token file.')),
          ];
    case 403:
      return ['forbidden', sentences(outcome, l10n.t('You do not have permission.'), said)];
    case 404:
      return ['notFound', sentences(outcome, l10n.t('The resource no longer exists.'), said)];
    case 409:
      return /not available|already exists|in use|taken/i.test(said)
        ? [
            'alreadyExists',
            sentences(outcome, l10n.t('The name is not available. Enter another name.'), said),
          ]
        : [
            'refused',
            sentences(
              outcome,
              l10n.t('Another operation is in progress on the resource. Try again in a moment.'),
              said,
            ),
          ];
    case 412:
      return [
        'changedMeanwhile',
        sentences(outcome, l10n.t('The resource was changed by someone else. Refresh and try again.')),
      ];
    case 429:
      return [
        'throttled',
        sentences(
          outcome,
          l10n.t('Azure is throttling requests. Try again in {0}.', durationText(pauseSeconds(failure))),
        ),
      ];
    case 400:
    case 422:
      if (/capacity|not accepting|no longer accepting/i.test(said)) return regionFull(context, said);
      return ['invalidInput', sentences(outcome, l10n.t('Azure rejected the request.'), said)];
    default:
      return status >= 300
        ? [
            'serviceFailed',
            sentences(outcome, l10n.t('Azure reported an internal error (HTTP {0}).', status), said),
          ]
        : undefined;
  }
}

/**
 * "… does not have authorization to perform action 'X' over scope 'Y' or the scope is invalid."; for a linked
 * resource, "… does not have permission to perform action(s) 'X' on the linked scope(s) 'Y' …".
 */
function forbidden(message: string, { outcome }: CallContext): Sentence {
  const [, action, scope] =
    /action\(s\) '([^']+)' on the linked scope\(s\) '([^']+)'/.exec(message) ??
    /perform action '([^']+)'(?: over scope '([^']+)')?/.exec(message) ??
    [];
  if (!action)
    return ['forbidden', sentences(outcome, l10n.t('Your account does not have the required role.'))];
  const role = roleFor(action);
  const missing = scope
    ? l10n.t(
        'Your account does not have the permission {0} on {1}. Request the role {2} there.',
        action,
        scopeName(scope),
        role,
      )
    : l10n.t('Your account does not have the permission {0}. Request the role {1}.', action, role);
  const sentence = sentences(outcome, missing);
  return scope && hubScope.test(scope)
    ? ['forbidden', sentence, { kind: 'copyRoleAssignment', hubId: azureHubId({ id: scope }), role }]
    : ['forbidden', sentence];
}

const roleFor = (action: string) => (/\/read$/i.test(action) ? 'Reader' : 'Contributor');
const hubScope = /\/providers\/Microsoft\.Devices\/IotHubs\/[^/]+$/i;

/** A scope in words: the last resource that it names. */
export function scopeName(scope: string): string {
  const hub = /\/providers\/Microsoft\.Devices\/IotHubs\/([^/]+)/i.exec(scope)?.[1];
  if (hub) return l10n.t('hub "{0}"', hub);
  const other = /\/providers\/.+\/([^/]+)$/i.exec(scope)?.[1];
  if (other) return `"${other}"`;
  const group = /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1];
  if (group) return l10n.t('resource group "{0}"', group);
  const subscription = /\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
  return subscription ? l10n.t('subscription {0}', subscription) : scope;
}

/** "… because following scope(s) are locked: 'X','Y'. Please remove the lock and try again." */
function locked(message: string): string {
  const list = /locked: ((?:'[^']+'[,\s]*)+)/.exec(message)?.[1];
  const scopes = list?.match(/'([^']+)'/g)?.map((one) => scopeName(one.slice(1, -1))) ?? [];
  return scopes.length === 0
    ? l10n.t(
        'A lock prevents the operation. Remove the lock in the Azure portal under "Locks" and try again.',
      )
    : l10n.t(
        'A lock on {0} prevents the operation. Remove the lock in the Azure portal under "Locks" and try again.',
        listText(scopes),
      );
}

/** Whole minutes from two minutes on. */
const pauseSeconds = ({ retryAfter = 60 }: Failure) =>
  retryAfter < 120 ? retryAfter : Math.ceil(retryAfter / 60) * 60;
