/** How a device authenticates (REST `authentication.type`). */
export type AuthenticationType = 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';

export interface Authentication {
  readonly type: AuthenticationType;
  readonly symmetricKey: { readonly primaryKey: string | null; readonly secondaryKey: string | null };
  readonly x509Thumbprint: {
    readonly primaryThumbprint: string | null;
    readonly secondaryThumbprint: string | null;
  };
}

/** A device identity, in the service's JSON format. Unset times are `0001-01-01T00:00:00Z`. */
export interface Device {
  readonly deviceId: string;
  readonly generationId: string;
  readonly etag: string;
  readonly connectionState: 'Connected' | 'Disconnected';
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string | null;
  readonly connectionStateUpdatedTime: string;
  readonly statusUpdatedTime: string;
  readonly lastActivityTime: string;
  readonly cloudToDeviceMessageCount: number;
  readonly authentication: Authentication;
  readonly capabilities: { readonly iotEdge: boolean };
}

export const neverTime = '0001-01-01T00:00:00Z';
