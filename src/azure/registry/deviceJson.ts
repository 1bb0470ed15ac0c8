import { isSameText } from '../../core/base/sameText';
import {
  type AuthenticationKind,
  type Device,
  type DeviceCredentials,
  type DeviceSummary,
  type NewCredentials,
} from '../../core/device/device';

/** A device identity as the registry writes it. */
export interface IdentityJson {
  readonly deviceId: string;
  readonly etag?: string;
  readonly status?: string;
  readonly connectionState?: string;
  readonly lastActivityTime?: string;
  readonly authentication?: {
    readonly type?: string;
    readonly symmetricKey?: {
      readonly primaryKey?: string | null;
      readonly secondaryKey?: string | null;
    } | null;
    readonly x509Thumbprint?: {
      readonly primaryThumbprint?: string | null;
      readonly secondaryThumbprint?: string | null;
    } | null;
  };
  readonly capabilities?: { readonly iotEdge?: boolean };
}

/** A device as a query answers it: its twin. */
export interface TwinJson extends Omit<IdentityJson, 'authentication'> {
  readonly authenticationType?: string;
}

export function readTwin(twin: TwinJson): DeviceSummary {
  return readCommon(twin, twin.authenticationType);
}

export function readIdentity(identity: IdentityJson): Device {
  const common = readCommon(identity, identity.authentication?.type);
  return {
    ...common,
    credentials: readCredentials(common.authentication, identity),
    etag: identity.etag ?? '',
  };
}

export function writeCredentials(credentials: NewCredentials): Record<string, unknown> {
  switch (credentials.kind) {
    case 'sas':
      // The service takes empty keys as the wish to have them generated.
      return {
        type: 'sas',
        symmetricKey: {
          primaryKey: credentials.primaryKey ?? '',
          secondaryKey: credentials.secondaryKey ?? '',
        },
      };
    case 'selfSigned':
      return {
        type: 'selfSigned',
        x509Thumbprint: {
          primaryThumbprint: credentials.primaryThumbprint,
          // One thumbprint for both leaves no gap that another certificate could fill.
          secondaryThumbprint: credentials.secondaryThumbprint ?? credentials.primaryThumbprint,
        },
      };
    case 'certificateAuthority':
      return { type: 'certificateAuthority' };
  }
}

function readCommon(json: TwinJson | IdentityJson, authentication: string | undefined): DeviceSummary {
  const lastActivityAt = readTime(json.lastActivityTime);
  return {
    deviceId: json.deviceId,
    authentication: readAuthentication(authentication),
    isEnabled: json.status?.toLowerCase() !== 'disabled',
    isConnected: json.connectionState?.toLowerCase() === 'connected',
    isEdge: json.capabilities?.iotEdge === true,
    ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
  };
}

const kinds: readonly AuthenticationKind[] = ['sas', 'selfSigned', 'certificateAuthority', 'none'];

function readAuthentication(type: string | undefined): AuthenticationKind {
  return kinds.find((kind) => isSameText(kind, type)) ?? 'sas';
}

function readCredentials(kind: AuthenticationKind, { authentication }: IdentityJson): DeviceCredentials {
  switch (kind) {
    case 'sas':
      return {
        kind,
        primaryKey: authentication?.symmetricKey?.primaryKey ?? '',
        secondaryKey: authentication?.symmetricKey?.secondaryKey ?? '',
      };
    case 'selfSigned':
      return {
        kind,
        primaryThumbprint: authentication?.x509Thumbprint?.primaryThumbprint ?? '',
        secondaryThumbprint: authentication?.x509Thumbprint?.secondaryThumbprint ?? '',
      };
    case 'certificateAuthority':
    case 'none':
      return { kind };
  }
}

/** The service writes the year 1 for `never`. */
function readTime(text: string | undefined): number | undefined {
  if (!text || text.startsWith('0001-')) return undefined;
  const time = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}
