import { maxHubCertificates } from '../../core/certificate/hubCertificates';
import { type IotError, isIotError, type IotErrorCode } from '../../core/errors';
import { type HubManagement } from '../../core/hub/hubConnection';
import { armFailure, failureOf, type Scene } from './armFailure';
import { readFailure } from './readFailure';

export type CertificateAction = 'list' | 'read' | 'create' | 'replace' | 'generateCode' | 'verify' | 'delete';

/** What a failed call was about, for the sentence. */
export interface Subject {
  readonly action: CertificateAction;
  readonly name?: string;
}

/** Any failure of a certificate call as an `IotError` that says what to do. */
export function certificateFailure(error: unknown, hub: HubManagement, subject: Subject): IotError {
  const { name } = subject;
  const what = name === undefined ? 'certificates' : `certificate "${name}"`;
  if (!isIotError(error)) {
    const failure = readFailure(error);
    const sentence = sentenceOf(failure.status, failure.said, hub, subject);
    if (sentence) return failureOf(sentence, failure, error);
  }
  return armFailure(error, sceneOf(hub, `${verbs[subject.action]} ${what}`));
}

/** A failure of any other call: `wanted` says what was, such as `read the routes`. */
export const settingsFailure = (error: unknown, hub: HubManagement, wanted: string): IotError =>
  armFailure(error, sceneOf(hub, wanted));

const sceneOf = (hub: HubManagement, wanted: string): Scene => ({
  wanted,
  where: `of hub "${hub.hubName}"`,
  endpoint: hub.endpoint,
  isAccount: !('tokenFile' in hub.credential),
});

/** What means something else for certificates than for the rest. */
function sentenceOf(
  status: number | undefined,
  said: string,
  hub: HubManagement,
  { action, name }: Subject,
): readonly [IotErrorCode, string] | undefined {
  const certificate = name === undefined ? 'The certificate' : `Certificate "${name}"`;
  switch (status) {
    case 403:
      return /max|limit|quota/i.test(said) ? limitReached(hub) : undefined;
    case 404:
      return action === 'list' || action === 'create'
        ? ['notFound', `Hub "${hub.hubName}" does not exist in resource group "${hub.resourceGroup}".`]
        : ['notFound', `${certificate} is not on hub "${hub.hubName}" any more. Upload it again.`];
    case 409:
      return ['alreadyExists', `The hub is busy with another change, or the name is taken: ${said}`];
    case 412:
      return action === 'create'
        ? ['alreadyExists', `${certificate} is on hub "${hub.hubName}" already. Choose another name.`]
        : [
            'changedMeanwhile',
            `${certificate} was changed by someone else meanwhile. Refresh and try again.`,
          ];
    case 400:
      if (/max(imum)? number|limit|exceed/i.test(said)) return limitReached(hub);
      if (action === 'verify') {
        return [
          'refused',
          `The hub did not accept the proof for "${name ?? ''}": ${said} Verify again with the key of the uploaded authority.`,
        ];
      }
      return [
        'invalidInput',
        `The hub did not accept the certificate${name === undefined ? '' : ` "${name}"`}: ${said}`,
      ];
    default:
      return undefined;
  }
}

const limitReached = (hub: HubManagement): readonly [IotErrorCode, string] => [
  'quotaExceeded',
  `Hub "${hub.hubName}" has its ${maxHubCertificates} certificates already. Delete one that is not needed any more.`,
];

const verbs: Readonly<Record<CertificateAction, string>> = {
  list: 'read',
  read: 'read',
  create: 'upload',
  replace: 'replace',
  generateCode: 'verify',
  verify: 'verify',
  delete: 'delete',
};
