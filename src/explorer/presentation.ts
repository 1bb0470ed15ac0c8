import { authenticationLabels, type DeviceSummary } from '../core/device/device';
import { type Hub } from '../core/hub/hub';
import { commands } from '../contributions';
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
  readonly marks: (hubId: string) => readonly string[];
  readonly now: number;
}

type Present = { readonly [K in NodeKind]: (node: NodeOf<K>, context: PresentationContext) => Presentation };

const table: Present = {
  hub: ({ hubId }, { hub: find, marks }) => {
    const hub = find(hubId);
    if (!hub) return { label: 'Removed hub', icon: 'circle-slash', spoken: 'Removed hub' };
    const isMonitored = marks(hubId).includes('monitored');
    const description = [hub.description, isMonitored ? 'monitoring' : ''].filter(Boolean).join(' · ');
    return {
      label: hub.name,
      description,
      tooltip: hub.tooltip,
      icon: hub.icon,
      ...(hub.status.kind === 'failed' ? { iconColor: 'problemsErrorIcon.foreground' } : {}),
      opens: 'onDemand',
      tags: [...hub.tags, ...marks(hubId)],
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
  failure: ({ message, command }) => ({
    label: message,
    description: command ? '' : 'click to try again',
    tooltip: `${message}\n\nClick to try again; the context menu shows the log.`,
    icon: 'error',
    iconColor: 'problemsErrorIcon.foreground',
    command: { id: command ?? commands.refresh, takesNode: true },
    spoken: `Failed: ${message}. Press Enter to try again.`,
  }),
};

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
    authenticationLabels[device.authentication],
    device.isEdge ? 'IoT Edge' : '',
    device.lastActivityAt === undefined ? '' : `active ${timeAgo(device.lastActivityAt, now)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function deviceTooltip(device: DeviceSummary): string {
  return [
    device.deviceId,
    `Authentication: ${authenticationLabels[device.authentication]}`,
    `Status: ${device.isEnabled ? 'enabled' : 'disabled'}`,
    `Connection: ${device.isConnected ? 'connected' : 'not connected'}`,
    `Last activity: ${device.lastActivityAt === undefined ? 'never' : new Date(device.lastActivityAt).toISOString()}`,
  ].join('\n');
}

export function timeAgo(time: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}
