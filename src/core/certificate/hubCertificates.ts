/** A CA certificate that a hub has. @see https://learn.microsoft.com/rest/api/iothub/certificates */
export interface HubCertificate {
  readonly name: string;
  readonly subject: string;
  /** SHA-1 thumbprint as the service tells it, upper case. */
  readonly thumbprint: string;
  /** SHA-256 thumbprint, when the service hands out the certificate. */
  readonly sha256?: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly isVerified: boolean;
  readonly etag: string;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  /** When the service hands it out. */
  readonly pem?: string;
}

/** The certificates of one hub. Every failure is an `IotError`; `changedMeanwhile` is a stale ETag. */
export interface HubCertificates {
  list(signal?: AbortSignal): Promise<readonly HubCertificate[]>;
  /** `undefined` when there is none of that name. */
  find(name: string, signal?: AbortSignal): Promise<HubCertificate | undefined>;
  /** `etag` replaces the one that is there; without it the name must be free. */
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
  /** @throws IotError `unsupported` when nothing but a connection string is known of the hub. */
  forHub(hubId: string, signal?: AbortSignal): Promise<HubCertificates>;
}

/** Most certificates that a hub takes. @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
export const maxHubCertificates = 25;

/** Why the service would not take a certificate's name. */
export function hubCertificateNameProblem(name: string): string | undefined {
  if (name === '') return 'Type the name that the certificate has on the hub.';
  if (name.length > 64) return `A certificate name has at most 64 characters; this one has ${name.length}.`;
  const bad = /[^A-Za-z0-9._-]/.exec(name)?.[0];
  return bad ? `"${bad}" cannot be in a certificate name: letters, digits, "-", "." and "_" can.` : undefined;
}

/** A name that the service takes, made of any text. */
export function toHubCertificateName(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 64) || 'certificate'
  );
}
