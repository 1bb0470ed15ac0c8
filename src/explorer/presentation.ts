import { authenticationLabel, type DeviceSummary } from '../core/device/device';
import { describeExpiry, type Expiry } from '../core/certificate/expiry';
import { type Hub } from '../core/hub/hub';
import { commands } from '../contributions';
import { presentHub } from './hubPresentation';
import { formatDateTime } from '../core/base/dates';
import { agoText } from '../core/base/durations';
import { type Node, type NodeKind, type NodeOf } from './nodes';

/** How a node looks; `workbench`-free, so that it can be tested. */
export interface Presentation {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** Name of a codicon, and of its colour when it has one. */
  readonly icon: string;
  readonly iconColor?: string;
  /** Absent when there is nothing below it. */
  readonly opens?: 'onDemand' | 'atOnce';
  /** Menus ask for these in `viewItem`. */
  readonly tags?: readonly string[];
  readonly command?: { readonly id: string; readonly takesNode: boolean };
  /** What a screen reader says. */
  readonly spoken: string;
}

export interface PresentationContext {
  readonly hub: (hubId: string) => Hub | undefined;
  readonly badges: (hubId: string) => readonly string[];
  readonly now: number;
}

type Present = { readonly [K in NodeKind]: (node: NodeOf<K>, context: PresentationContext) => Presentation };

const table: Present = {
  account: ({ account, cloud }) => ({
    label: account.label,
    ...(cloud ? { description: cloud } : {}),
    icon: 'account',
    tooltip: `${account.label}\nAccount of ${cloud ?? 'Azure'}. Sign out in the Accounts menu of VS Code.`,
    // Who signed in wants to see what is there; and it stays open when it was away for a moment.
    opens: 'atOnce',
    spoken: `${cloud ?? 'Azure'} account ${account.label}`,
  }),
  subscription: ({ subscription: { name, id, state } }) => {
    const description = state === 'Enabled' ? '' : state.toLowerCase();
    return {
      label: name,
      description,
      icon: 'key',
      tooltip: [name, `Subscription ${id}`, ...(description ? [`State: ${state}`] : [])].join('\n'),
      opens: 'onDemand',
      spoken: `Subscription ${name}${description ? `, ${description}` : ''}`,
    };
  },
  hub: ({ hubId }, { hub: find, badges }) => {
    const hub = find(hubId);
    if (!hub) return { label: 'Removed hub', icon: 'circle-slash', spoken: 'Removed hub' };
    const isMonitored = badges(hubId).includes('monitored');
    const look = presentHub(hub);
    const description = [look.description, isMonitored ? 'monitoring' : ''].filter(Boolean).join(' · ');
    return {
      label: hub.name,
      description,
      tooltip: look.tooltip,
      icon: look.icon,
      ...(hub.status === 'failed' ? { iconColor: 'problemsErrorIcon.foreground' } : {}),
      opens: 'onDemand',
      tags: [...look.tags, ...badges(hubId)],
      spoken: `Hub ${hub.name}${description ? `, ${description}` : ''}`,
    };
  },
  deviceFolder: () => ({
    label: 'Devices',
    icon: 'circuit-board',
    tooltip: 'Device identities of this hub',
    // Who opens a hub wants to see these; and they stay open when the hub was away for a moment.
    opens: 'atOnce',
    spoken: 'Devices',
  }),
  certificateFolder: () => ({
    label: 'Certificates',
    icon: 'verified',
    tooltip: 'Certificate authorities that this hub trusts for X.509 devices',
    opens: 'onDemand',
    spoken: 'Certificates',
  }),
  hubCertificate: ({ certificate }, { now }) => {
    const expiry = describeExpiry(certificate.expiresAt, now);
    const verified = certificate.isVerified ? 'verified' : 'not verified';
    return {
      label: certificate.name,
      description: [verified, expiry.text].join(' · '),
      tooltip: [
        certificate.name,
        certificate.subject,
        `Thumbprint SHA-1 ${certificate.thumbprint}`,
        ...(certificate.sha256 ? [`Thumbprint SHA-256 ${certificate.sha256}`] : []),
        `Expires ${formatDateTime(certificate.expiresAt)} (${expiry.text})`,
        certificate.isVerified
          ? 'Verified: devices with its certificates may log in.'
          : 'Not verified: the hub waits for the proof of possession.',
      ].join('\n'),
      ...certificateIcon(expiry, certificate.isVerified ? verifiedIcon : unverifiedIcon),
      tags: [certificate.isVerified ? 'verified' : 'unverified', expiry.state],
      command: { id: commands.showCertificate, takesNode: true },
      spoken: `Certificate ${certificate.name}, ${verified}, ${expiry.text}`,
    };
  },
  authorityFolder: () => ({
    label: 'Certificates',
    description: 'on this computer',
    icon: 'shield',
    tooltip: 'Certificate authorities of yours, and the device certificates they issued',
    opens: 'onDemand',
    spoken: 'Certificates on this computer',
  }),
  authority: ({ authority }, { now }) => {
    const expiry = describeExpiry(authority.info.notAfter, now);
    const kind = authority.info.isSelfSigned ? '' : 'intermediate';
    const key = authority.keyFile ? '' : 'key elsewhere';
    const description = [kind, authority.info.key, key, expiry.text].filter(Boolean).join(' · ');
    return {
      label: authority.name,
      description,
      tooltip: [
        authority.info.subject,
        `Issued by ${authority.info.isSelfSigned ? 'itself' : authority.info.issuer}`,
        `Thumbprint SHA-256 ${authority.info.sha256}`,
        `Thumbprint SHA-1 ${authority.info.sha1}`,
        `Expires ${formatDateTime(authority.info.notAfter)} (${expiry.text})`,
        authority.keyFile
          ? authority.isKeyEncrypted
            ? 'Private key protected by a passphrase'
            : 'Private key not protected by a passphrase'
          : 'Private key not on this computer',
        authority.folder,
      ].join('\n'),
      ...certificateIcon(expiry, { icon: 'shield' }),
      opens: 'onDemand',
      tags: [authority.keyFile ? 'key' : 'noKey', expiry.state],
      spoken: `Certificate authority ${authority.name}, ${description}`,
    };
  },
  selfSignedFolder: () => ({
    label: 'Self-signed',
    description: 'for devices with thumbprints',
    icon: 'archive',
    tooltip: 'Self-signed device certificates that were issued here',
    opens: 'onDemand',
    spoken: 'Self-signed device certificates',
  }),
  issuedCertificate: ({ certificate }, { now }) => {
    const expiry = describeExpiry(certificate.notAfter, now);
    const description = [certificate.hubHostName, expiry.text].filter(Boolean).join(' · ');
    return {
      label: certificate.deviceId,
      description,
      tooltip: [
        `Certificate of device ${certificate.deviceId}`,
        ...(certificate.hubHostName ? [`For ${certificate.hubHostName}`] : []),
        `Serial number ${certificate.serialNumber}`,
        `Thumbprint SHA-256 ${certificate.sha256}`,
        `Issued ${formatDateTime(certificate.issuedAt)}`,
        `Expires ${formatDateTime(certificate.notAfter)} (${expiry.text})`,
        certificate.certificateFile,
      ].join('\n'),
      ...certificateIcon(expiry, { icon: 'file-symlink-file' }),
      tags: [certificate.keyFile ? 'key' : 'noKey', expiry.state],
      command: { id: commands.showCertificate, takesNode: true },
      spoken: `Certificate of device ${certificate.deviceId}, ${description}`,
    };
  },
  device: ({ device }, { now }) => ({
    label: device.deviceId,
    description: deviceDescription(device, now),
    tooltip: deviceTooltip(device),
    icon: device.isEnabled ? (device.isConnected ? 'vm-active' : 'vm') : 'vm-outline',
    ...(device.isConnected && device.isEnabled ? { iconColor: 'charts.green' } : {}),
    ...(device.isEnabled ? {} : { iconColor: 'disabledForeground' }),
    tags: [
      device.authentication,
      device.isEnabled ? 'enabled' : 'disabled',
      device.isConnected ? 'connected' : 'disconnected',
    ],
    spoken: `Device ${device.deviceId}, ${deviceDescription(device, now)}`,
  }),
  loadMore: ({ loaded }) => ({
    label: 'Load more…',
    description: `${loaded} shown`,
    icon: 'ellipsis',
    command: { id: commands.loadMore, takesNode: true },
    spoken: `Load more devices, ${loaded} shown`,
  }),
  notice: ({ text, icon, detail, command }) => ({
    label: text,
    icon,
    ...(detail ? { tooltip: detail } : {}),
    ...(command ? { command: { id: command, takesNode: true } } : {}),
    spoken: detail ? `${text} ${detail}` : text,
  }),
  failure: ({ branch, name, message, command }) => {
    const isSignIn = command === commands.signInToTenant;
    const what = isSignIn ? 'sign in' : 'try again';
    return {
      label: name ?? message,
      description: name === undefined ? (command ? '' : 'click to try again') : message,
      tooltip: `${name === undefined ? '' : `${name}\n`}${message}\n\nClick to ${what}; the context menu shows the log.`,
      icon: isSignIn ? 'lock' : 'error',
      iconColor: isSignIn ? 'problemsWarningIcon.foreground' : 'problemsErrorIcon.foreground',
      ...(branch === 'tenant' ? { tags: ['tenant'] } : {}),
      command: { id: command ?? commands.refresh, takesNode: true },
      spoken: `Failed: ${name === undefined ? '' : `${name}, `}${message} Press Enter to ${what}.`,
    };
  },
};

const verifiedIcon = { icon: 'verified-filled', iconColor: 'charts.green' };
const unverifiedIcon = { icon: 'unverified', iconColor: 'problemsWarningIcon.foreground' };

/** What is wrong with the dates comes before anything else. */
function certificateIcon(
  { state }: Expiry,
  usual: { readonly icon: string; readonly iconColor?: string },
): { readonly icon: string; readonly iconColor?: string } {
  switch (state) {
    case 'expired':
      return { icon: 'error', iconColor: 'problemsErrorIcon.foreground' };
    case 'soon':
      return { icon: 'warning', iconColor: 'problemsWarningIcon.foreground' };
    case 'valid':
      return usual;
  }
}

export function present(node: Node, context: PresentationContext): Presentation {
  // The table has the right entry for each kind; TypeScript cannot correlate the two by itself.
  return (table[node.kind] as (node: Node, context: PresentationContext) => Presentation)(node, context);
}

export function contextValue(node: Node, presentation: Presentation): string {
  return [node.kind, ...(presentation.tags ?? [])].join(';');
}

export function deviceDescription(device: DeviceSummary, now: number): string {
  return [
    device.isEnabled ? (device.isConnected ? 'connected' : '') : 'disabled',
    authenticationLabel(device.authentication),
    device.isEdge ? 'IoT Edge' : '',
    device.lastActivityAt === undefined ? '' : `active ${agoText(now - device.lastActivityAt, 60_000)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function deviceTooltip(device: DeviceSummary): string {
  return [
    device.deviceId,
    `Authentication: ${authenticationLabel(device.authentication)}`,
    `Status: ${device.isEnabled ? 'enabled' : 'disabled'}`,
    `Connection: ${device.isConnected ? 'connected' : 'not connected'}`,
    `Last activity: ${device.lastActivityAt === undefined ? 'never' : new Date(device.lastActivityAt).toISOString()}`,
  ].join('\n');
}
