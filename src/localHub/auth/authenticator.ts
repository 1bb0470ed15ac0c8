import { findPath } from '../../certificatePath/index';
import { describeFault } from '../certificates/describeFault';
import { HubError } from '../errors';
import type { Access } from '../state/access';
import { authorityOf, type CaCertificates } from '../state/caCertificates';
import type { Device } from '../state/device';
import type { DeviceRegistry } from '../state/deviceRegistry';
import type { Policies, Policy, Right } from '../state/policies';
import { formatAuthMethod } from './authMethod';
import { thumbprintsOf, type ClientCertificate } from './clientCertificate';
import { isSignedWith, parseSasToken, type KeyForm, type SasToken } from './sasToken';

/** A device that authenticated. */
export interface AuthenticatedDevice {
  readonly device: Device;
  readonly method: AuthenticationMethod;
  /** When the connection must end. */
  readonly expiresAtMs: number;
  /** JSON text of the annotation `iothub-connection-auth-method`. */
  readonly authMethod: string;
  /** The certificate that authenticated it: revoked when the hub or the device changes accordingly. */
  readonly certificate?: CertificateCredential;
}

/** How a device authenticated: with a token signed by a policy key or its own key, or with a certificate. */
export type AuthenticationMethod = 'policyToken' | 'deviceToken' | 'certificate';

export type CertificateCredential =
  /** Name and SHA-1 thumbprint of the hub's CA certificate that the chain ends at. */
  | { readonly type: 'certificateAuthority'; readonly anchor: string; readonly thumbprint: string }
  | { readonly type: 'selfSigned'; readonly thumbprints: readonly string[] };

export interface AuthenticatorOptions {
  readonly registry: Pick<DeviceRegistry, 'get'>;
  readonly policies: Pick<Policies, 'find'>;
  readonly certificates: Pick<CaCertificates, 'find' | 'list'>;
  readonly access: Pick<Access, 'rules'>;
  /** Names that clients use for this hub, in lower case, without a port. */
  readonly hostAliases: ReadonlySet<string>;
  /** How long after its expiry a token is accepted. */
  readonly tokenToleranceMs: number;
  readonly now: () => number;
}

/** Authentication failed. The reason is for the hub's log: clients only learn that they are unauthorized. */
export class AuthenticationError extends HubError {
  constructor(reason: string) {
    super('IotHubUnauthorized', reason);
    this.name = 'AuthenticationError';
  }
}

/** Authenticates devices, service clients and event readers. */
export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  /** Whether a host, with or without a port, is a name of this hub. */
  isThisHub(host: string): boolean {
    const name = host
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1');
    return this.options.hostAliases.has(name);
  }

  /**
   * Authenticates a device by a token, whose `resource` must be the hub, its devices, or this device.
   * @throws AuthenticationError
   */
  authenticateDevice(deviceId: string, password: string): AuthenticatedDevice {
    const { registry, policies, access } = this.options;
    this.requirePublicAccess();
    const token = this.parseToken(password);
    const device = registry.get(deviceId);
    if (!device) throw new AuthenticationError(`Device ${deviceId} is not registered.`);
    if (device.status === 'disabled') throw new AuthenticationError(`Device ${deviceId} is disabled.`);
    this.checkScope(token, ['devices', deviceId], true);
    if (token.policyName !== undefined) {
      this.checkPolicy(token, policies.find(token.policyName), 'DeviceConnect', 'decoded');
      return {
        device,
        method: 'policyToken',
        expiresAtMs: token.expiresAtMs,
        authMethod: formatAuthMethod('hub', 'sas'),
      };
    }
    if (access.rules.isDeviceSasOff) {
      throw new AuthenticationError(
        `Device keys are disabled for this hub, so device ${deviceId} must authenticate with X.509.`,
      );
    }
    if (device.authentication.type !== 'sas') {
      throw new AuthenticationError(
        `Device ${deviceId} must authenticate with ${device.authentication.type}, not with a token.`,
      );
    }
    const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
    // Only a policy's token may be for more than one device; the service refuses others.
    if (token.resource.split('/').filter(Boolean).length < 3) {
      throw new AuthenticationError('The token names neither a device nor a policy (skn).');
    }
    if (![primaryKey, secondaryKey].some((key) => key && isSignedWith(token, key, 'decoded'))) {
      throw new AuthenticationError(`The token's signature matches neither key of device ${deviceId}.`);
    }
    return {
      device,
      method: 'deviceToken',
      expiresAtMs: token.expiresAtMs,
      authMethod: formatAuthMethod('device', 'sas'),
    };
  }

  /**
   * Authenticates a device by the certificate that the client presented and whose key it proved to own in the TLS
   * handshake.
   * @throws AuthenticationError
   */
  authenticateByCertificate(deviceId: string, client: ClientCertificate | undefined): AuthenticatedDevice {
    this.requirePublicAccess();
    const device = this.options.registry.get(deviceId);
    if (!device) throw new AuthenticationError(`Device ${deviceId} is not registered.`);
    if (device.status === 'disabled') throw new AuthenticationError(`Device ${deviceId} is disabled.`);
    const { type } = device.authentication;
    if (type !== 'selfSigned' && type !== 'certificateAuthority') {
      throw new AuthenticationError(
        `Device ${deviceId} authenticates with ${type}, but the client sent no shared access signature.`,
      );
    }
    if (!client)
      throw new AuthenticationError(
        `Device ${deviceId} authenticates with a certificate, but the client presented none.`,
      );
    const { notBefore, notAfter, sha1, sha256 } = parseClientCertificate(client);
    const authenticated = {
      device,
      method: 'certificate',
      expiresAtMs: notAfter,
      authMethod: formatAuthMethod('device', 'x509'),
    } as const;
    if (type === 'certificateAuthority') {
      const anchor = this.checkChain(deviceId, client);
      const thumbprint = this.options.certificates.find(anchor)?.thumbprint ?? '';
      return { ...authenticated, certificate: { type, anchor, thumbprint } };
    }
    const { primaryThumbprint, secondaryThumbprint } = device.authentication.x509Thumbprint;
    const registered = [primaryThumbprint, secondaryThumbprint].map((text) => (text ?? '').toUpperCase());
    if (!registered.some((thumbprint) => thumbprint === sha1 || thumbprint === sha256)) {
      throw new AuthenticationError(
        `Thumbprint does not match configuration: Thumbprint: SHA1Hash=${sha1}, SHA2Hash=${sha256}; Configuration: PrimaryThumbprint=${registered[0] ?? ''}, SecondaryThumbprint=${registered[1] ?? ''}`,
      );
    }
    const now = this.options.now();
    // Negated, so that an invalid date is refused too.
    if (!(now <= notAfter))
      throw new AuthenticationError(`The certificate of device ${deviceId} has expired.`);
    if (!(notBefore <= now))
      throw new AuthenticationError(`The certificate of device ${deviceId} is not valid yet.`);
    return { ...authenticated, certificate: { type, thumbprints: [sha1, sha256] } };
  }

  private checkChain(deviceId: string, { presented }: ClientCertificate): string {
    const { leafFaults, pathFault, anchor } = findPath({
      deviceId,
      presented,
      authorities: this.options.certificates.list().map(authorityOf),
      now: this.options.now(),
    });
    const fault = leafFaults[0] ?? pathFault;
    if (anchor && !fault) return anchor.name;
    const reason = fault ? describeFault(fault) : 'no path was found';
    throw new AuthenticationError(`The certificate of device ${deviceId} was refused: ${reason}.`);
  }

  /** Whether a device that authenticated by this certificate is still authorized. */
  isStillAuthorized(deviceId: string, credential: CertificateCredential): boolean {
    const device = this.options.registry.get(deviceId);
    if (device?.authentication.type !== credential.type) return false;
    if (credential.type === 'certificateAuthority') {
      const anchor = this.options.certificates.find(credential.anchor);
      return anchor?.isVerified === true && anchor.thumbprint === credential.thumbprint;
    }
    const { primaryThumbprint, secondaryThumbprint } = device.authentication.x509Thumbprint;
    return [primaryThumbprint, secondaryThumbprint].some(
      (thumbprint) => thumbprint && credential.thumbprints.includes(thumbprint.toUpperCase()),
    );
  }

  /**
   * Authenticates a service client: REST header, AMQP `$cbs` or SASL PLAIN.
   * @param path segments of the resource below the hub
   * @throws AuthenticationError; HubError IotHubUnauthorized if the policy does not have the right
   */
  authenticateService(text: string, right: Right, path: readonly string[] = []): SasToken {
    const token = this.parseToken(text);
    this.checkScope(token, path, false);
    if (token.policyName === undefined)
      throw new AuthenticationError('The token names no shared access policy (skn).');
    this.checkPolicy(token, this.options.policies.find(token.policyName), right, 'decoded');
    return token;
  }

  /**
   * An event reader's `$cbs` token: `sr` is `sb://host[:port]/entity/…`, signed with the key's own characters.
   * Accepts IoT Hub's format too, because a client redirected from the hub may keep using it.
   * @throws AuthenticationError
   */
  authenticateEventReader(text: string): SasToken {
    const token = this.parseToken(text);
    const host = token.resource.replace(/^(sb|amqps?|https?):\/\//, '').split('/')[0] ?? '';
    if (!this.isThisHub(host)) throw new AuthenticationError(`The token is for ${host}, not for this hub.`);
    if (token.policyName === undefined)
      throw new AuthenticationError('The token names no shared access policy (skn).');
    const form: KeyForm = /^(sb|amqps?):\/\//.test(token.resource) ? 'text' : 'decoded';
    this.checkPolicy(token, this.options.policies.find(token.policyName), 'ServiceConnect', form, true);
    return token;
  }

  /** Checks that the hub accepts shared access policies. @throws AuthenticationError */
  requireLocalAuth(): void {
    this.requirePublicAccess();
    if (this.options.access.rules.isLocalAuthOff) {
      throw new AuthenticationError(
        'Local authentication is disabled for this hub: shared access keys are refused.',
      );
    }
  }

  private requirePublicAccess(): void {
    if (this.options.access.rules.isPublicAccessOff) {
      throw new AuthenticationError('Public network access to this hub is disabled.');
    }
  }

  private parseToken(text: string): SasToken {
    const token = parseSasToken(text);
    if (!token) throw new AuthenticationError('The credential is not a shared access signature.');
    // Connections end then too: a token with which a client may connect does not end its connection at once.
    const expiresAtMs = token.expiresAtMs + this.options.tokenToleranceMs;
    if (expiresAtMs <= this.options.now()) {
      throw new AuthenticationError(`The token expired at ${new Date(token.expiresAtMs).toISOString()}.`);
    }
    return { ...token, expiresAtMs };
  }

  private checkScope(token: SasToken, path: readonly string[], mayBeNarrower: boolean): void {
    const [host = '', ...scope] = token.resource.replace(/^[a-z]+:\/\//, '').split('/');
    if (!this.isThisHub(host)) throw new AuthenticationError(`The token is for ${host}, not for this hub.`);
    const segments = scope.filter((segment) => segment !== '');
    // Old tools append more to the device path ('…/api-version=…'); the service accepts that.
    if (!mayBeNarrower && segments.length > path.length) {
      throw new AuthenticationError(
        `The token is for /${segments.join('/')}, which does not cover the requested resource.`,
      );
    }
    // The service compares IDs in `sr` without case.
    if (segments.some((segment, i) => i < path.length && segment.toLowerCase() !== path[i]?.toLowerCase())) {
      throw new AuthenticationError(`The token is for /${segments.join('/')}, not for /${path.join('/')}.`);
    }
  }

  private checkPolicy(
    token: SasToken,
    policy: Policy | undefined,
    right: Right,
    form: KeyForm,
    allowBothForms = false,
  ): void {
    this.requireLocalAuth();
    if (!policy)
      throw new AuthenticationError(`The shared access policy '${token.policyName ?? ''}' does not exist.`);
    const forms: readonly KeyForm[] = allowBothForms ? [form, form === 'text' ? 'decoded' : 'text'] : [form];
    const keys = [policy.primaryKey, policy.secondaryKey];
    if (!forms.some((each) => keys.some((key) => isSignedWith(token, key, each)))) {
      throw new AuthenticationError(
        `The token's signature matches neither key of policy '${policy.keyName}'.`,
      );
    }
    if (!policy.rights.includes(right)) {
      throw new HubError(
        'IotHubUnauthorized',
        `Authorization rule '${policy.keyName}' does not allow access for '${right}'`,
      );
    }
  }
}

function parseClientCertificate(client: ClientCertificate): ReturnType<typeof thumbprintsOf> {
  try {
    return thumbprintsOf(client);
  } catch {
    throw new AuthenticationError('The certificate that the client presented cannot be parsed.');
  }
}
