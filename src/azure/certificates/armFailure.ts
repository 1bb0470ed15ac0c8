import { maskSecrets } from '../../core/base/maskSecrets';
import { mostHubCertificates } from '../../core/certificate/hubCertificates';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type HubManagement } from '../../core/hub/hubConnection';
import { networkFailure } from '../../core/networkFailure';

export type CertificateAction = 'list' | 'read' | 'create' | 'replace' | 'generateCode' | 'verify' | 'delete';

/** What a failed call was about, for the sentence. */
export interface Subject {
  readonly action: CertificateAction;
  readonly name?: string;
}

/** Any failure of a certificate call as an `IotError` that says what to do. */
export function armFailure(error: unknown, hub: HubManagement, subject: Subject): IotError {
  if (isIotError(error)) return error;
  const { status, code, message } = readFailure(error);
  if (status === undefined) {
    const { hostname, port } = new URL(hub.endpoint);
    return (
      networkFailure(error, hostname, Number(port || 443)) ??
      new IotError(
        'serviceFailed',
        `The hub's management could not be asked: ${maskSecrets(plainMessage(error))}`,
        {
          cause: error,
        },
      )
    );
  }
  const [kind, sentence] = sentenceOf(status, maskSecrets(firstSentence(message)), hub, subject);
  return new IotError(kind, sentence, {
    cause: error,
    detail: maskSecrets(`HTTP ${status} ${code} ${message}`.trim()),
  });
}

function sentenceOf(
  status: number,
  said: string,
  hub: HubManagement,
  { action, name }: Subject,
): [IotErrorCode, string] {
  const certificate = name === undefined ? 'The certificate' : `Certificate "${name}"`;
  switch (status) {
    case 401:
      return ['unauthorized', `The management of hub "${hub.hubName}" refused the token. Sign in again.`];
    case 403:
      if (/max|limit|quota/i.test(said)) return limitReached(hub);
      return [
        'unauthorized',
        `You may not ${verbs[action]} certificates of hub "${hub.hubName}": the account lacks the role for it.`,
      ];
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
    case 429:
      return ['throttled', 'Azure asks to slow down: too many requests. Wait a minute and try again.'];
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
      return [
        'serviceFailed',
        `The hub's management reported a failure of its own (HTTP ${status}): ${said}`,
      ];
  }
}

const limitReached = (hub: HubManagement): [IotErrorCode, string] => [
  'quotaExceeded',
  `Hub "${hub.hubName}" has its ${mostHubCertificates} certificates already. Delete one that is not needed any more.`,
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

interface Failure {
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
}

/** `RestError` of the SDK, with the body of the resource provider or of the ARM platform. */
function readFailure(error: unknown): Failure {
  const found = record(error);
  const body = record(found['details']);
  const inner = record(body['error']);
  const status = found['statusCode'];
  return {
    status: typeof status === 'number' ? status : undefined,
    code: text(inner['code']) || text(body['code']) || text(found['code']),
    message: text(inner['message']) || text(body['message']) || text(found['message']),
  };
}

/** Without the correlation id and the time, which the log has. */
function firstSentence(message: string): string {
  const short = message
    .replace(/\s*If you contact a support representative[\s\S]*$/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  return /[.!?]$/.test(short) ? short : `${short}.`;
}

const record = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
const text = (value: unknown) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
