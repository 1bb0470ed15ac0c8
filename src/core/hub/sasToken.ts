import { createHmac } from 'node:crypto';

export interface SasTokenRequest {
  /** `{host}` for a hub, `{host}/devices/{id}` for a device. */
  readonly resource: string;
  /** Base64 key of the policy or the device. */
  readonly key: string;
  /** Name of the policy; absent when a device's own key signs. */
  readonly policyName?: string;
  /** When it expires, as a time in milliseconds. */
  readonly expiresAt: number;
}

/** A shared access signature: HMAC-SHA256 by the decoded key over the encoded resource and the expiry. */
export function createSasToken({ resource, key, policyName, expiresAt }: SasTokenRequest): string {
  const sr = encodeURIComponent(resource);
  const se = Math.ceil(expiresAt / 1000);
  const sig = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${sr}\n${se}`, 'utf8')
    .digest('base64');
  const token = `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}`;
  return policyName ? `${token}&skn=${encodeURIComponent(policyName)}` : token;
}

export const deviceResource = (hostName: string, deviceId: string) => `${hostName}/devices/${deviceId}`;
