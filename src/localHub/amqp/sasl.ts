import { createHash, timingSafeEqual } from 'node:crypto';
import { HubError } from '../errors';
import type { HubContext } from '../context';
import { audiencePath, scopeOf } from './addresses';

/** What a credential authorizes. */
export interface AuthorizedScope {
  readonly scope: readonly string[];
  readonly expiresAtMs: number;
}

/** The interface that rhea expects: `start` sets `outcome`. */
interface Mechanism {
  outcome?: boolean;
  username?: string;
  start(response: Buffer | undefined): void;
}

/** @see https://www.rfc-editor.org/rfc/rfc4616 */
function parsePlain(response: Buffer | undefined): { user: string; password: string } | undefined {
  const [, user, password, ...more] = (response ?? Buffer.alloc(0)).toString('utf8').split('\0');
  return user && password && more.length === 0 ? { user, password } : undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/**
 * `{policy}@sas.root.{hub}` with a token, as IoT Hub clients send it, or a policy and its key, as Event Hubs clients do.
 * The hub in the user name is ignored: there is only one.
 * @throws HubError
 */
export function authenticatePlain(context: HubContext, user: string, password: string): AuthorizedScope {
  const policyName = user.replace(/@sas\.(root\.)?.*$/i, '');
  if (/^\s*SharedAccessSignature\s/i.test(password)) {
    const token = context.authenticator.authenticateEventReader(password);
    if (token.policyName?.toLowerCase() !== policyName.toLowerCase()) {
      throw new HubError(
        'IotHubUnauthorized',
        `The user name is '${policyName}', but the token is for another policy.`,
      );
    }
    return {
      scope: scopeOf(audiencePath(token.resource), context.eventHubName),
      expiresAtMs: token.expiresAtMs,
    };
  }
  context.authenticator.requireLocalAuth();
  const policy = context.policies.find(policyName);
  if (!policy || ![policy.primaryKey, policy.secondaryKey].some((key) => isSame(key, password))) {
    throw new HubError(
      'IotHubUnauthorized',
      `The key does not match a shared access policy '${policyName}'.`,
    );
  }
  if (!policy.rights.includes('ServiceConnect')) {
    throw new HubError(
      'IotHubUnauthorized',
      `Policy '${policy.keyName}' does not have the right ServiceConnect.`,
    );
  }
  return { scope: [], expiresAtMs: Infinity };
}

export interface SaslEvents {
  onAuthenticated(scope: AuthorizedScope): void;
  onRefused(reason: string): void;
}

/**
 * The mechanisms, in the service's order. All except PLAIN connect without any right: rights are granted by tokens over
 * `$cbs`. The same applies to connections without SASL.
 */
export function saslMechanisms(context: HubContext, events: SaslEvents): Record<string, () => Mechanism> {
  const open = (): Mechanism => ({
    start() {
      this.outcome = true;
      this.username = 'anonymous';
    },
  });
  const refuse = (mechanism: Mechanism, reason: string): void => {
    mechanism.outcome = false;
    events.onRefused(reason);
  };
  const plain = (): Mechanism => ({
    start(response) {
      try {
        const given = parsePlain(response);
        if (!given)
          throw new HubError('IotHubUnauthorized', 'SASL PLAIN requires a user name and a password.');
        events.onAuthenticated(authenticatePlain(context, given.user, given.password));
        this.outcome = true;
        this.username = given.user;
      } catch (error) {
        refuse(this, error instanceof HubError ? error.message : 'SASL PLAIN failed.');
      }
    },
  });
  const unknown = (): Mechanism => ({
    start() {
      refuse(this, 'unknown SASL mechanism');
    },
  });
  const known = { MSSBCBS: open, PLAIN: plain, ANONYMOUS: open, EXTERNAL: open };
  // rhea looks up the client's mechanism in this object, and never answers a client whose mechanism it does not find.
  return new Proxy<Record<string, () => Mechanism>>(known, {
    get: (target, name) => (typeof name === 'string' && Object.hasOwn(target, name) ? target[name] : unknown),
  });
}
