import * as l10n from '@vscode/l10n';
import { formatCount } from '../core/base/numbers';
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
    tooltip: `${account.label}\n${l10n.t('Account of {0}. Sign out in the Accounts menu of VS Code.', cloud ?? 'Azure')}`,
    // Expanded after signing in; and it stays expanded when it was missing for a moment.
    opens: 'atOnce',
    spoken: l10n.t('{0} account {1}', cloud ?? 'Azure', account.label),
  }),
  subscription: ({ subscription: { name, id, state } }) => {
    const description = state === 'Enabled' ? '' : state.toLowerCase();
    return {
      label: name,
      description,
      icon: 'key',
      tooltip: [
        name,
        l10n.t('Subscription {0}', id),
        ...(description ? [l10n.t('State: {0}', state)] : []),
      ].join('\n'),
      opens: 'onDemand',
      spoken: joinSpoken(l10n.t('Subscription {0}', name), description),
    };
  },
  hub: ({ hubId }, { hub: find, badges }) => {
    const hub = find(hubId);
    if (!hub) {
      const label = l10n.t('Removed hub');
      return { label, icon: 'circle-slash', spoken: label };
    }
    const isMonitored = badges(hubId).includes('monitored');
    const look = presentHub(hub);
    // A description is cut off at its end in a narrow side bar, so what changes comes first; here and below.
    const description = [isMonitored ? l10n.t('monitoring') : '', look.description]
      .filter(Boolean)
      .join(' · ');
    return {
      label: hub.name,
      description,
      tooltip: look.tooltip,
      icon: look.icon,
      ...(hub.status === 'failed'
        ? { iconColor: 'problemsErrorIcon.foreground' }
        : look.iconColor
          ? { iconColor: look.iconColor }
          : {}),
      opens: 'onDemand',
      tags: [...look.tags, ...badges(hubId)],
      spoken: joinSpoken(l10n.t('Hub {0}', hub.name), description),
    };
  },
  deviceFolder: () => ({
    label: l10n.t('Devices'),
    icon: 'circuit-board',
    tooltip: l10n.t('Device identities of this hub'),
    // Expanded with the hub; and they stay expanded when the hub was missing for a moment.
    opens: 'atOnce',
    spoken: l10n.t('Devices'),
  }),
  certificateFolder: () => ({
    label: l10n.t('Certificates'),
    icon: 'verified',
    tooltip: l10n.t('CA certificates that this hub trusts for X.509 devices'),
    opens: 'onDemand',
    spoken: l10n.t('Certificates'),
  }),
  hubCertificate: ({ certificate }, { now }) => {
    const expiry = describeExpiry(certificate.expiresAt, now);
    const verified = certificate.isVerified ? l10n.t('verified') : l10n.t('not verified');
    return {
      label: certificate.name,
      description: [verified, expiry.text].join(' · '),
      tooltip: [
        certificate.name,
        certificate.subject,
        l10n.t('SHA-1 thumbprint: {0}', certificate.thumbprint),
        ...(certificate.sha256 ? [l10n.t('SHA-256 thumbprint: {0}', certificate.sha256)] : []),
        l10n.t('Expires: {0} ({1})', formatDateTime(certificate.expiresAt), expiry.text),
        certificate.isVerified
          ? l10n.t('Verified: devices with its certificates can authenticate.')
          : l10n.t('Not verified: proof of possession is required.'),
      ].join('\n'),
      ...certificateIcon(expiry, certificate.isVerified ? verifiedIcon : unverifiedIcon),
      tags: [certificate.isVerified ? 'verified' : 'unverified', expiry.state],
      command: { id: commands.showCertificate, takesNode: true },
      spoken: l10n.t('Certificate {0}, {1}, {2}', certificate.name, verified, expiry.text),
    };
  },
  authorityFolder: () => ({
    label: l10n.t('Certificate Authorities'),
    description: l10n.t('on this computer'),
    icon: 'shield',
    tooltip: l10n.t('Certificate authorities on this computer, and the device certificates they issued'),
    opens: 'onDemand',
    spoken: l10n.t('Certificate authorities on this computer'),
  }),
  authority: ({ authority }, { now }) => {
    const expiry = describeExpiry(authority.info.notAfter, now);
    const kind = authority.info.isSelfSigned ? '' : l10n.t('intermediate');
    const key = authority.keyFile ? '' : l10n.t('key stored elsewhere');
    const description = [kind, expiry.text, key, authority.info.key].filter(Boolean).join(' · ');
    return {
      label: authority.name,
      description,
      tooltip: [
        authority.info.subject,
        authority.info.isSelfSigned ? l10n.t('Self-signed') : l10n.t('Issued by {0}', authority.info.issuer),
        l10n.t('SHA-256 thumbprint: {0}', authority.info.sha256),
        l10n.t('SHA-1 thumbprint: {0}', authority.info.sha1),
        l10n.t('Expires: {0} ({1})', formatDateTime(authority.info.notAfter), expiry.text),
        authority.keyFile
          ? authority.isKeyEncrypted
            ? l10n.t('Private key protected by a passphrase')
            : l10n.t('Private key not protected by a passphrase')
          : l10n.t('Private key not on this computer'),
        authority.folder,
      ].join('\n'),
      ...certificateIcon(expiry, { icon: 'shield' }),
      opens: 'onDemand',
      tags: [authority.keyFile ? 'key' : 'noKey', expiry.state],
      spoken: l10n.t('Certificate authority {0}, {1}', authority.name, description),
    };
  },
  selfSignedFolder: () => ({
    label: l10n.t('Self-signed'),
    description: l10n.t('for devices with thumbprints'),
    icon: 'archive',
    tooltip: l10n.t('Self-signed device certificates issued here'),
    opens: 'onDemand',
    spoken: l10n.t('Self-signed device certificates'),
  }),
  issuedCertificate: ({ certificate }, { now }) => {
    const expiry = describeExpiry(certificate.notAfter, now);
    const description = [certificate.hubHostName, expiry.text].filter(Boolean).join(' · ');
    return {
      label: certificate.deviceId,
      description,
      tooltip: [
        l10n.t('Certificate of device {0}', certificate.deviceId),
        ...(certificate.hubHostName ? [l10n.t('Hub: {0}', certificate.hubHostName)] : []),
        l10n.t('Serial number: {0}', certificate.serialNumber),
        l10n.t('SHA-256 thumbprint: {0}', certificate.sha256),
        l10n.t('Issued: {0}', formatDateTime(certificate.issuedAt)),
        l10n.t('Expires: {0} ({1})', formatDateTime(certificate.notAfter), expiry.text),
        certificate.certificateFile,
      ].join('\n'),
      ...certificateIcon(expiry, { icon: 'file-symlink-file' }),
      tags: [certificate.keyFile ? 'key' : 'noKey', expiry.state],
      command: { id: commands.showCertificate, takesNode: true },
      spoken: l10n.t('Certificate of device {0}, {1}', certificate.deviceId, description),
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
    spoken: l10n.t('Device {0}, {1}', device.deviceId, deviceDescription(device, now)),
  }),
  loadMore: ({ loaded }) => ({
    label: l10n.t('Load More…'),
    description: l10n.t('{0} shown', formatCount(loaded)),
    icon: 'ellipsis',
    command: { id: commands.loadMore, takesNode: true },
    spoken: l10n.t('Load more devices, {0} shown', formatCount(loaded)),
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
    const spokenMessage = name === undefined ? message : `${name}, ${message}`;
    return {
      label: name ?? message,
      description: name === undefined ? (command ? '' : l10n.t('click to try again')) : message,
      tooltip: [
        ...(name === undefined ? [] : [name]),
        message,
        '',
        isSignIn
          ? l10n.t('Click to sign in. To open the log, use the context menu.')
          : l10n.t('Click to try again. To open the log, use the context menu.'),
      ].join('\n'),
      icon: isSignIn ? 'lock' : 'error',
      iconColor: isSignIn ? 'problemsWarningIcon.foreground' : 'problemsErrorIcon.foreground',
      ...(branch === 'tenant' ? { tags: ['tenant'] } : {}),
      command: { id: command ?? commands.refresh, takesNode: true },
      spoken: isSignIn
        ? l10n.t('Failed: {0} Press Enter to sign in.', spokenMessage)
        : l10n.t('Failed: {0} Press Enter to try again.', spokenMessage),
    };
  },
};

/** What a screen reader reads: the name and the description. */
const joinSpoken = (name: string, description: string) =>
  description === '' ? name : `${name}, ${description}`;

const verifiedIcon = { icon: 'verified-filled', iconColor: 'charts.green' };
const unverifiedIcon = { icon: 'unverified', iconColor: 'problemsWarningIcon.foreground' };

/** An expired or expiring certificate shows that before anything else. */
function certificateIcon(
  { state }: Expiry,
  otherwise: { readonly icon: string; readonly iconColor?: string },
): { readonly icon: string; readonly iconColor?: string } {
  switch (state) {
    case 'expired':
      return { icon: 'error', iconColor: 'problemsErrorIcon.foreground' };
    case 'soon':
      return { icon: 'warning', iconColor: 'problemsWarningIcon.foreground' };
    case 'valid':
      return otherwise;
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
    device.isEnabled ? (device.isConnected ? l10n.t('connected') : '') : l10n.t('disabled'),
    device.lastActivityAt === undefined
      ? ''
      : l10n.t('active {0}', agoText(now - device.lastActivityAt, 60_000)),
    authenticationLabel(device.authentication),
    device.isEdge ? 'IoT Edge' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function deviceTooltip(device: DeviceSummary): string {
  return [
    device.deviceId,
    l10n.t('Authentication: {0}', authenticationLabel(device.authentication)),
    device.isEnabled ? l10n.t('Status: enabled') : l10n.t('Status: disabled'),
    device.isConnected ? l10n.t('Connection: connected') : l10n.t('Connection: not connected'),
    device.lastActivityAt === undefined
      ? l10n.t('Last activity: never')
      : l10n.t('Last activity: {0}', new Date(device.lastActivityAt).toISOString()),
  ].join('\n');
}
