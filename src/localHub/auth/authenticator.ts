import { HubError } from '../errors';
import type { Access } from '../state/access';
import type { CaCertificates } from '../state/caCertificates';
import type { Device } from '../state/device';
import type { DeviceRegistry } from '../state/deviceRegistry';
import type { Policies, Policy, Right } from '../state/policies';
import { thumbprintsOf, type ClientCertificate } from './clientCertificate';
import { isSignedWith, parseSasToken, type KeyForm, type SasToken } from './sasToken';

/** Who an accepted device is. `expiresAtMs` is when its connection must end. */
export interface DeviceLogin {
  readonly device: Device;
  readonly by: LoginMethod;
  readonly expiresAtMs: number;
  /** JSON text of the annotation `iothub-connection-auth-method`. */
  readonly authMethod: string;
  /** Of a login by certificate: how it ends when the hub or the device changes. */
  readonly certificate?: CertificateLogin;
}

/** Whose key signed the token, if it was one. */
export type LoginMethod = 'policyToken' | 'deviceToken' | 'certificate';

export type CertificateLogin =
  /** The hub's certificate that the chain ends at: its name, and its SHA-1 thumbprint. */
  | { readonly type: 'certificateAuthority'; readonly anchor: string; readonly thumbprint: string }
  | { readonly type: 'selfSigned'; readonly thumbprints: readonly string[] };

export interface AuthenticatorOptions {
  readonly registry: DeviceRegistry;
  readonly policies: Policies;
  readonly certificates: CaCertificates;
  readonly access: Access;
  /** Names that clients use for this hub, in lower case, without a port. */
  readonly hostAliases: ReadonlySet<string>;
  readonly now: () => number;
}

/** The reason why somebody was refused: for the hub's log, the wire only says 'unauthorized'. */
export class Refusal extends HubError {
  constructor(reason: string) {
    super('IotHubUnauthorized', reason);
    this.name = 'Refusal';
  }
}

/** Checks shared access signatures of devices, of service clients and of event readers. */
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
   * Device login over any wire. `resource` of the token must be the hub, its devices, or this device.
   * @throws Refusal
   */
  authenticateDevice(deviceId: string, password: string): DeviceLogin {
    const { registry, policies, access } = this.options;
    this.checkOpen();
    const token = this.read(password);
    const device = registry.get(deviceId);
    if (!device) throw new Refusal(`Device ${deviceId} is not registered.`);
    if (device.status === 'disabled') throw new Refusal(`Device ${deviceId} is disabled.`);
    this.checkScope(token, ['devices', deviceId], true);
    if (token.policyName !== undefined) {
      this.checkPolicy(token, policies.find(token.policyName), 'DeviceConnect', 'decoded');
      return {
        device,
        by: 'policyToken',
        expiresAtMs: token.expiresAtMs,
        authMethod: authMethod('hub', 'sas'),
      };
    }
    if (access.rules.isDeviceSasOff) {
      throw new Refusal(`Keys of devices are turned off for this hub, so device ${deviceId} needs X.509.`);
    }
    if (device.authentication.type !== 'sas') {
      throw new Refusal(
        `Device ${deviceId} authenticates with ${device.authentication.type}, not with a token.`,
      );
    }
    const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
    // A device token that reaches beyond its device would be a policy's; the service refuses it.
    if (token.resource.split('/').filter(Boolean).length < 3) {
      throw new Refusal('The token names no device and no policy (skn).');
    }
    if (![primaryKey, secondaryKey].some((key) => key && isSignedWith(token, key, 'decoded'))) {
      throw new Refusal(`The token's signature fits neither key of device ${deviceId}.`);
    }
    return {
      device,
      by: 'deviceToken',
      expiresAtMs: token.expiresAtMs,
      authMethod: authMethod('device', 'sas'),
    };
  }

  /**
   * Device login by the certificate that the client presented, which its TLS handshake has proved to own.
   * @throws Refusal
   */
  authenticateByCertificate(deviceId: string, client: ClientCertificate | undefined): DeviceLogin {
    this.checkOpen();
    const device = this.options.registry.get(deviceId);
    if (!device) throw new Refusal(`Device ${deviceId} is not registered.`);
    if (device.status === 'disabled') throw new Refusal(`Device ${deviceId} is disabled.`);
    const { type } = device.authentication;
    if (type !== 'selfSigned' && type !== 'certificateAuthority') {
      throw new Refusal(
        `Device ${deviceId} authenticates with ${type}, and no shared access signature came as password.`,
      );
    }
    if (!client) throw new Refusal(`Device ${deviceId} uses a certificate, and the client presented none.`);
    const { notBefore, notAfter, sha1, sha256 } = readClient(client);
    const login = {
      device,
      by: 'certificate',
      expiresAtMs: notAfter,
      authMethod: authMethod('device', 'x509'),
    } as const;
    if (type === 'certificateAuthority') {
      const anchor = this.checkChain(deviceId, client);
      const thumbprint = this.options.certificates.find(anchor)?.thumbprint ?? '';
      return { ...login, certificate: { type, anchor, thumbprint } };
    }
    const { primaryThumbprint, secondaryThumbprint } = device.authentication.x509Thumbprint;
    const wanted = [primaryThumbprint, secondaryThumbprint].map((text) => (text ?? '').toUpperCase());
    if (!wanted.some((thumbprint) => thumbprint === sha1 || thumbprint === sha256)) {
      throw new Refusal(
        `Thumbprint does not match configuration: Thumbprint: SHA1Hash=${sha1}, SHA2Hash=${sha256}; Configuration: PrimaryThumbprint=${wanted[0] ?? ''}, SecondaryThumbprint=${wanted[1] ?? ''}`,
      );
    }
    const now = this.options.now();
    // The comparisons hold for no date at all, too.
    if (!(now <= notAfter)) throw new Refusal(`The certificate of device ${deviceId} has expired.`);
    if (!(notBefore <= now)) throw new Refusal(`The certificate of device ${deviceId} is not valid yet.`);
    return { ...login, certificate: { type, thumbprints: [sha1, sha256] } };
  }

  private checkChain(deviceId: string, { presented, checkPath }: ClientCertificate): string {
    const verdict = checkPath({
      deviceId,
      presented,
      authorities: this.options.certificates.list().map(({ name, der, isVerified }) => ({
        name,
        der: Buffer.from(der, 'base64'),
        isVerified,
      })),
      now: this.options.now(),
    });
    if (verdict.ok) return verdict.anchor;
    throw new Refusal(`The certificate of device ${deviceId} is refused: ${verdict.reason}.`);
  }

  /** Whether a connection by certificate would still be let in. */
  stillAllows(deviceId: string, login: CertificateLogin): boolean {
    const device = this.options.registry.get(deviceId);
    if (device?.authentication.type !== login.type) return false;
    if (login.type === 'certificateAuthority') {
      const anchor = this.options.certificates.find(login.anchor);
      return anchor?.isVerified === true && anchor.thumbprint === login.thumbprint;
    }
    const { primaryThumbprint, secondaryThumbprint } = device.authentication.x509Thumbprint;
    return [primaryThumbprint, secondaryThumbprint].some(
      (thumbprint) => thumbprint && login.thumbprints.includes(thumbprint.toUpperCase()),
    );
  }

  /**
   * A service client: REST header, AMQP `$cbs` or SASL PLAIN.
   * @param path resource below the hub, as segments
   * @throws Refusal; HubError IotHubUnauthorized when the policy lacks the right
   */
  authenticateService(text: string, right: Right, path: readonly string[] = []): SasToken {
    const token = this.read(text);
    this.checkScope(token, path, false);
    if (token.policyName === undefined) throw new Refusal('The token names no shared access policy (skn).');
    this.checkPolicy(token, this.options.policies.find(token.policyName), right, 'decoded');
    return token;
  }

  /**
   * An event reader's `$cbs` token: `sr` is `sb://host[:port]/entity/…`, signed with the key's own characters.
   * Takes IoT Hub's form too, because a client redirected from the hub may keep using it.
   * @throws Refusal
   */
  authenticateEventReader(text: string): SasToken {
    const token = this.read(text);
    const host = token.resource.replace(/^(sb|amqps?|https?):\/\//, '').split('/')[0] ?? '';
    if (!this.isThisHub(host)) throw new Refusal(`The token is for ${host}, not for this hub.`);
    if (token.policyName === undefined) throw new Refusal('The token names no shared access policy (skn).');
    const form: KeyForm = /^(sb|amqps?):\/\//.test(token.resource) ? 'text' : 'decoded';
    this.checkPolicy(token, this.options.policies.find(token.policyName), 'ServiceConnect', form, true);
    return token;
  }

  /** Whether the hub takes shared access policies at all. @throws Refusal */
  checkPoliciesCount(): void {
    this.checkOpen();
    if (this.options.access.rules.isLocalAuthOff) {
      throw new Refusal(
        'Local authentication is turned off for this hub: its shared access keys are refused.',
      );
    }
  }

  private checkOpen(): void {
    if (this.options.access.rules.isPublicAccessOff) {
      throw new Refusal('Public network access to this hub is turned off.');
    }
  }

  private read(text: string): SasToken {
    const token = parseSasToken(text);
    if (!token) throw new Refusal('The credential is not a shared access signature.');
    if (token.expiresAtMs <= this.options.now()) {
      throw new Refusal(`The token expired at ${new Date(token.expiresAtMs).toISOString()}.`);
    }
    return token;
  }

  private checkScope(token: SasToken, path: readonly string[], mayBeLonger: boolean): void {
    const [host = '', ...scope] = token.resource.replace(/^[a-z]+:\/\//, '').split('/');
    if (!this.isThisHub(host)) throw new Refusal(`The token is for ${host}, not for this hub.`);
    const segments = scope.filter((segment) => segment !== '');
    // Old tools append more to the device path ('…/api-version=…'); the service takes that.
    if (!mayBeLonger && segments.length > path.length) {
      throw new Refusal(`The token is for /${segments.join('/')}, which is less than what was asked.`);
    }
    if (segments.some((segment, i) => i < path.length && segment !== path[i])) {
      throw new Refusal(`The token is for /${segments.join('/')}, not for /${path.join('/')}.`);
    }
  }

  private checkPolicy(
    token: SasToken,
    policy: Policy | undefined,
    right: Right,
    form: KeyForm,
    eitherForm = false,
  ): void {
    this.checkPoliciesCount();
    if (!policy) throw new Refusal(`There is no shared access policy '${token.policyName ?? ''}'.`);
    const forms: readonly KeyForm[] = eitherForm ? [form, form === 'text' ? 'decoded' : 'text'] : [form];
    const keys = [policy.primaryKey, policy.secondaryKey];
    if (!forms.some((each) => keys.some((key) => isSignedWith(token, key, each)))) {
      throw new Refusal(`The token's signature fits neither key of policy '${policy.keyName}'.`);
    }
    if (!policy.rights.includes(right)) {
      throw new HubError(
        'IotHubUnauthorized',
        `Authorization rule '${policy.keyName}' does not allow access for '${right}'`,
      );
    }
  }
}

function readClient(client: ClientCertificate): ReturnType<typeof thumbprintsOf> {
  try {
    return thumbprintsOf(client);
  } catch {
    throw new Refusal('The certificate that the client presented cannot be parsed.');
  }
}

/** The annotation's text as the service writes it. */
export const authMethod = (scope: 'hub' | 'device', type: 'sas' | 'x509'): string =>
  JSON.stringify({
    scope,
    type,
    issuer: type === 'x509' ? 'external' : 'iothub',
    acceptingIpFilterRule: null,
  });
