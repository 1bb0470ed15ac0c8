import * as l10n from '@vscode/l10n';
/** A CA certificate on a hub. @see https://learn.microsoft.com/rest/api/iothub/certificates */
export interface HubCertificate {
  readonly name: string;
  readonly subject: string;
  /** SHA-1 thumbprint from the service, upper case. */
  readonly thumbprint: string;
  /** SHA-256 thumbprint, if the service returns the certificate. */
  readonly sha256?: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly isVerified: boolean;
  readonly etag: string;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  /** If the service returns it. */
  readonly pem?: string;
}

/** The certificates of one hub. Every failure is an `IotError`; `changedMeanwhile` means a stale ETag. */
export interface HubCertificates {
  list(signal?: AbortSignal): Promise<readonly HubCertificate[]>;
  /** `undefined` if no certificate has that name. */
  find(name: string, signal?: AbortSignal): Promise<HubCertificate | undefined>;
  /** With `etag`, replaces the existing certificate; without it, the name must be free. */
  upload(
    name: string,
    pem: string,
    options: { readonly isVerified: boolean; readonly etag?: string },
    signal?: AbortSignal,
  ): Promise<HubCertificate>;
  /** Changes the ETag. */
  generateVerificationCode(
    name: string,
    etag: string,
    signal?: AbortSignal,
  ): Promise<{ readonly code: string; readonly etag: string }>;
  verify(name: string, etag: string, pem: string, signal?: AbortSignal): Promise<HubCertificate>;
  delete(name: string, etag: string, signal?: AbortSignal): Promise<void>;
}

export interface HubCertificatesAccess {
  /** @throws IotError `unsupported` if the hub is known only by its connection string */
  forHub(hubId: string, signal?: AbortSignal): Promise<HubCertificates>;
}

/** Maximum number of certificates on a hub. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
export const maxHubCertificates = 25;
const maxNameLength = 64;

/** Why the service would refuse the name of a certificate. */
export function hubCertificateNameProblem(name: string): string | undefined {
  if (name === '') return l10n.t('Enter a name for the certificate on the hub.');
  if (name.length > maxNameLength) {
    return l10n.t(
      'A certificate name cannot be longer than {0} characters. This one has {1}.',
      maxNameLength,
      name.length,
    );
  }
  const bad = /[^A-Za-z0-9._-]/.exec(name)?.[0];
  return bad
    ? l10n.t('"{0}" is not allowed in a certificate name. Use letters, digits, "-", ".", and "_".', bad)
    : undefined;
}

/** Makes a name that the service accepts out of any text. */
export function toHubCertificateName(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^-+|(?<!-)-+$/g, '')
      .slice(0, maxNameLength) || 'certificate'
  );
}
