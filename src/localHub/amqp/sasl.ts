import { createHash, timingSafeEqual } from 'node:crypto';
import { HubError } from '../errors';
import type { HubContext } from '../context';
import { audiencePath, scopeOf } from './addresses';

/** What a login over SASL PLAIN is good for. */
export interface Login {
  readonly scope: readonly string[];
  readonly expiresAtMs: number;
}

/** The shape that rhea drives: `start` sets `outcome`. */
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
 * `{policy}@sas.root.{hub}` with a token as IoT Hub's clients send it, or a policy and its key as Event Hubs
 * clients do. Which hub the user name says does not matter: here is only one.
 * @throws HubError
 */
export function loginPlain(context: HubContext, user: string, password: string): Login {
  const policyName = user.replace(/@sas\.(root\.)?.*$/i, '');
  if (/^\s*SharedAccessSignature\s/i.test(password)) {
    const token = context.authenticator.authenticateEventReader(password);
    if (token.policyName?.toLowerCase() !== policyName.toLowerCase()) {
      throw new HubError(
        'IotHubUnauthorized',
        `The user is '${policyName}', the token is of another policy.`,
      );
    }
    return {
      scope: scopeOf(audiencePath(token.resource), context.eventHubName),
      expiresAtMs: token.expiresAtMs,
    };
  }
  context.authenticator.checkPoliciesCount();
  const policy = context.policies.find(policyName);
  if (!policy || ![policy.primaryKey, policy.secondaryKey].some((key) => isSame(key, password))) {
    throw new HubError('IotHubUnauthorized', `There is no policy '${policyName}' with this key.`);
  }
  if (!policy.rights.includes('ServiceConnect')) {
    throw new HubError('IotHubUnauthorized', `Policy '${policy.keyName}' lacks the right ServiceConnect.`);
  }
  return { scope: [], expiresAtMs: Infinity };
}

export interface SaslEvents {
  onLogin(login: Login): void;
  onRefused(reason: string): void;
}

/**
 * The mechanisms, in the service's order. All but PLAIN let in without any right: those come with tokens over
 * `$cbs`. Without SASL (AMQP 2.2 straight away) it is the same.
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
        if (!given) throw new HubError('IotHubUnauthorized', 'SASL PLAIN without user name or password.');
        events.onLogin(loginPlain(context, given.user, given.password));
        this.outcome = true;
        this.username = given.user;
      } catch (error) {
        refuse(this, error instanceof HubError ? error.message : 'SASL PLAIN failed.');
      }
    },
  });
  const unknown = (): Mechanism => ({
    start() {
      refuse(this, 'an unknown SASL mechanism.');
    },
  });
  const known = { MSSBCBS: open, PLAIN: plain, ANONYMOUS: open, EXTERNAL: open };
  // rhea looks names of the client up in this object, and leaves a client without a mechanism hanging.
  return new Proxy<Record<string, () => Mechanism>>(known, {
    get: (target, name) => (typeof name === 'string' && Object.hasOwn(target, name) ? target[name] : unknown),
  });
}
