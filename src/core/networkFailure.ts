import * as l10n from '@vscode/l10n';
import { firstCause, IotError, isIotError } from './errors';

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

/** Turns what a socket reports into a sentence; `undefined` when it is not a network failure. */
export function networkFailure(error: unknown, host: string, port: number): IotError | undefined {
  if (isIotError(error)) return error;
  const code = failureCode(firstCause(error));
  const at = `${host}:${port}`;
  const failure = (kind: 'unreachable' | 'untrusted' | 'timeout', sentence: string) =>
    new IotError(kind, sentence, { cause: error, detail: code });
  if (!code) return undefined;
  if (untrusted.has(code)) {
    return failure(
      'untrusted',
      l10n.t('The certificate of {0} is not signed by a CA that is trusted for this hub.', at),
    );
  }
  switch (code) {
    case 'ECONNREFUSED':
      return failure(
        'unreachable',
        l10n.t('The connection to {0} was refused. Check that the service is running.', at),
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure(
        'unreachable',
        l10n.t('Host name {0} cannot be resolved. Check the name and your network.', host),
      );
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return failure(
        'timeout',
        l10n.t('{0} did not respond in time. A firewall may be blocking port {1}.', at, port),
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return failure('unreachable', l10n.t('The connection to {0} was closed by the remote side.', at));
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return failure('unreachable', l10n.t('There is no network route to {0}.', at));
    case 'CERT_HAS_EXPIRED':
      return failure('untrusted', l10n.t('The certificate of {0} has expired.', at));
    case 'CERT_NOT_YET_VALID':
      return failure(
        'untrusted',
        l10n.t("The certificate of {0} is not valid yet. Check this computer's clock.", at),
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failure('untrusted', l10n.t('The certificate of {0} was issued for another host name.', at));
    case 'EPROTO':
      return failure('unreachable', l10n.t('{0} does not respond with TLS as expected. Check the port.', at));
    default:
      return undefined;
  }
}

function failureCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    if ('code' in current && typeof current.code === 'string' && /^[A-Z_0-9]+$/.test(current.code)) {
      return current.code;
    }
    // The AMQP library wraps socket errors and keeps only their text.
    const inText = /\b(E[A-Z_]{3,}|[A-Z]+_[A-Z_]{6,})\b/.exec(current.message)?.[1];
    if (inText) return inText;
    current = current.cause;
  }
  return undefined;
}
