import * as l10n from '@vscode/l10n';
import { maxHubCertificates } from '../../core/certificate/hubCertificates';
import { type IotError, isIotError, type IotErrorCode } from '../../core/errors';
import { type HubManagement } from '../../core/hub/hubConnection';
import { armFailure, failureOf, type CallContext } from './armFailure';
import { readFailure } from './readFailure';

export type CertificateAction = 'list' | 'read' | 'create' | 'replace' | 'generateCode' | 'verify' | 'delete';

/** What a failed call was about, for the sentence. */
export interface Subject {
  readonly action: CertificateAction;
  readonly name?: string;
}

/** Any failure of a certificate call as an `IotError` that says what to do. */
export function certificateFailure(error: unknown, hub: HubManagement, subject: Subject): IotError {
  if (!isIotError(error)) {
    const failure = readFailure(error);
    const sentence = sentenceOf(failure.status, failure.said, hub, subject);
    if (sentence) return failureOf(sentence, failure, error);
  }
  return armFailure(error, contextOf(hub, outcomeOf(subject, hub)));
}

/** A failure of any other call. @param outcome as a sentence, such as `The routes of hub "factory" could not be read.` */
export const settingsFailure = (error: unknown, hub: HubManagement, outcome: string): IotError =>
  armFailure(error, contextOf(hub, outcome));

const contextOf = (hub: HubManagement, outcome: string): CallContext => ({
  outcome,
  endpoint: hub.endpoint,
  isAccount: !('tokenFile' in hub.credential),
});

/** Failures that mean something else for certificates than for other resources. */
function sentenceOf(
  status: number | undefined,
  said: string,
  hub: HubManagement,
  { action, name = '' }: Subject,
): readonly [IotErrorCode, string] | undefined {
  const { hubName } = hub;
  switch (status) {
    case 403:
      return /max|limit|quota/i.test(said) ? limitReached(hub) : undefined;
    case 404:
      return action === 'list' || action === 'create'
        ? [
            'notFound',
            l10n.t('Hub "{0}" does not exist in resource group "{1}".', hubName, hub.resourceGroup),
          ]
        : [
            'notFound',
            l10n.t('Certificate "{0}" no longer exists on hub "{1}". Upload it again.', name, hubName),
          ];
    case 409:
      return [
        'alreadyExists',
        l10n.t('The hub is busy with another change, or the name is not available: {0}', said),
      ];
    case 412:
      return action === 'create'
        ? [
            'alreadyExists',
            l10n.t('Hub "{1}" already has a certificate "{0}". Enter another name.', name, hubName),
          ]
        : [
            'changedMeanwhile',
            l10n.t('Certificate "{0}" was changed by someone else. Refresh and try again.', name),
          ];
    case 400:
      if (/max(imum)? number|limit|exceed/i.test(said)) return limitReached(hub);
      return action === 'verify'
        ? [
            'refused',
            l10n.t(
              'The hub rejected the proof of possession for "{0}": {1} Verify again with the key of the uploaded CA.',
              name,
              said,
            ),
          ]
        : ['invalidInput', l10n.t('The hub rejected the certificate "{0}": {1}', name, said)];
    default:
      return undefined;
  }
}

const limitReached = (hub: HubManagement): readonly [IotErrorCode, string] => [
  'quotaExceeded',
  l10n.t(
    'Hub "{0}" already has the maximum of {1} certificates. Delete one that is no longer needed.',
    hub.hubName,
    maxHubCertificates,
  ),
];

function outcomeOf({ action, name = '' }: Subject, { hubName }: HubManagement): string {
  switch (action) {
    case 'list':
      return l10n.t('The certificates of hub "{0}" could not be read.', hubName);
    case 'read':
      return l10n.t('Certificate "{0}" of hub "{1}" could not be read.', name, hubName);
    case 'create':
      return l10n.t('Certificate "{0}" could not be uploaded to hub "{1}".', name, hubName);
    case 'replace':
      return l10n.t('Certificate "{0}" of hub "{1}" could not be replaced.', name, hubName);
    case 'generateCode':
    case 'verify':
      return l10n.t('Certificate "{0}" of hub "{1}" could not be verified.', name, hubName);
    case 'delete':
      return l10n.t('Certificate "{0}" of hub "{1}" could not be deleted.', name, hubName);
  }
}
