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

/** Turns what a socket reports into a sentence; `undefined` when it is no failure of the network. */
export function networkFailure(error: unknown, host: string, port: number): IotError | undefined {
  if (isIotError(error)) return error;
  const code = failureCode(firstCause(error));
  const at = `${host}:${port}`;
  const say = (kind: 'unreachable' | 'untrusted' | 'timeout', sentence: string) =>
    new IotError(kind, sentence, { cause: error, detail: code });
  if (!code) return undefined;
  if (untrusted.has(code)) {
    return say(
      'untrusted',
      `The certificate of ${at} is not signed by an authority that is trusted for this hub.`,
    );
  }
  switch (code) {
    case 'ECONNREFUSED':
      return say('unreachable', `Nothing answers at ${at}: the connection was refused.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return say('unreachable', `The host name ${host} cannot be found. Check the name and your network.`);
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return say('timeout', `${at} did not answer in time. A firewall may block port ${port}.`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return say('unreachable', `The connection to ${at} was closed by the other side.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return say('unreachable', `There is no network route to ${at}.`);
    case 'CERT_HAS_EXPIRED':
      return say('untrusted', `The certificate of ${at} has expired.`);
    case 'CERT_NOT_YET_VALID':
      return say('untrusted', `The certificate of ${at} is not valid yet. Check this computer's clock.`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return say('untrusted', `The certificate of ${at} was made for another host name.`);
    case 'EPROTO':
      return say('unreachable', `${at} does not speak TLS as expected. Check the port.`);
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
