import * as l10n from '@vscode/l10n';
import { type Authority, type IssuedCertificate } from '../core/certificate/authorityStore';
import { byName } from '../core/base/sorting';
import { isIotError, plainMessage } from '../core/errors';
import { hubCan } from '../core/hub/hubCapabilities';
import { commands } from '../contributions';
import { accountNodes, hubNodes, signInOf, subscriptionNodes } from './azureChildren';
import { type Services } from '../services';
import { hubStatusNotice } from './hubPresentation';
import { type Node, type NodeKind, type NodeOf, type Branch } from './nodes';

export type ChildServices = Pick<
  Services,
  'hubs' | 'devices' | 'certificates' | 'authorities' | 'azure' | 'accounts'
>;
type Children = { readonly [K in NodeKind]?: (node: NodeOf<K>, services: ChildServices) => Promise<Node[]> };

/** @param onLate to redraw the tree when pending data has arrived */
export async function roots(services: ChildServices, onLate: () => void): Promise<Node[]> {
  const hubs = services.hubs.list().filter(({ kind }) => kind !== 'azure');
  return [
    ...hubs.map(({ id }): Node => ({ kind: 'hub', hubId: id })),
    ...(await accountNodes(services, onLate)),
    { kind: 'authorityFolder' },
  ];
}

const table: Children = {
  account: async ({ account, cloud }, services) => subscriptionNodes(account, cloud, services),
  subscription: async ({ subscription }, services) => hubNodes(subscription, services),
  hub: async ({ hubId }, { hubs }) => {
    const hub = hubs.find(hubId);
    if (!hub) return [];
    const branch = 'hub';
    const status = hubStatusNotice(hub);
    switch (status.kind) {
      case 'ready':
        if (!hubCan(hub, 'manageDevices')) {
          return [
            {
              kind: 'notice',
              hubId,
              branch,
              text: l10n.t('Monitor This Event Endpoint'),
              icon: 'pulse',
              detail: l10n.t(
                'Its devices and certificates require the IoT Hub connection string of the hub.',
              ),
              command: commands.startMonitoring,
            },
          ];
        }
        return [
          { kind: 'deviceFolder', hubId },
          { kind: 'certificateFolder', hubId },
        ];
      case 'busy':
        return [{ kind: 'notice', hubId, branch, text: status.text, icon: 'loading~spin' }];
      case 'off':
        return [{ kind: 'notice', hubId, branch, text: status.text, icon: 'play', command: status.command }];
      case 'failed':
        return [{ kind: 'failure', hubId, branch, message: status.reason, command: status.command }];
    }
  },
  deviceFolder: async ({ hubId }, { hubs, devices }) => {
    // Reading from a stopped hub would start it; only users do that.
    if (hubs.find(hubId)?.status !== 'ready') return [];
    const list = await devices.load(hubId);
    if (list.devices.length === 0) {
      return [
        {
          kind: 'notice',
          hubId,
          branch: 'devices',
          text: l10n.t('No devices yet. Register one…'),
          icon: 'add',
          command: commands.registerDevice,
        },
      ];
    }
    const nodes: Node[] = list.devices.map((device) => ({ kind: 'device', hubId, device }));
    return list.continuation ? [...nodes, { kind: 'loadMore', hubId, loaded: nodes.length }] : nodes;
  },
  certificateFolder: async ({ hubId }, { hubs, certificates }) => {
    const hub = hubs.find(hubId);
    if (hub?.status !== 'ready') return [];
    const notice = { kind: 'notice', hubId, branch: 'certificates' } as const;
    try {
      const list = await certificates.load(hubId);
      if (list.length > 0) {
        return list.map((certificate): Node => ({ kind: 'hubCertificate', hubId, certificate }));
      }
      return [
        {
          ...notice,
          text: l10n.t('No certificates yet. Upload one…'),
          icon: 'add',
          detail: l10n.t(
            'A hub accepts devices with certificates of a CA that is uploaded here and verified.',
          ),
          command: commands.uploadAndVerifyAuthority,
        },
      ];
    } catch (error) {
      if (!isIotError(error) || error.code !== 'unsupported') throw error;
      // Not a failure: a connection string cannot do this.
      return [
        {
          ...notice,
          text: l10n.t('Not available with a connection string'),
          icon: 'info',
          detail: error.message,
        },
      ];
    }
  },
  authorityFolder: async (_, { authorities }) => {
    const list = await authorities.list();
    const hasSelfSigned = (await authorities.issued()).some(({ authorityId }) => authorityId === undefined);
    const nodes: Node[] = list.toSorted(byName).map((authority) => ({ kind: 'authority', authority }));
    if (hasSelfSigned) nodes.push({ kind: 'selfSignedFolder' });
    if (nodes.length > 0) return nodes;
    return [
      {
        kind: 'notice',
        branch: 'authorities',
        text: l10n.t('No certificate authority yet. Create one…'),
        icon: 'add',
        detail: l10n.t('Your own CA signs the certificates that your devices authenticate with.'),
        command: commands.createAuthority,
      },
    ];
  },
  authority: async ({ authority }, { authorities }) =>
    issuedNodes(
      (await authorities.issued()).filter(({ authorityId }) => authorityId === authority.id),
      authority,
    ),
  selfSignedFolder: async (_, { authorities }) =>
    issuedNodes((await authorities.issued()).filter(({ authorityId }) => authorityId === undefined)),
};

/** VS Code's tree has no pages, and slows down with more. */
const maxShown = 1_000;

function issuedNodes(issued: readonly IssuedCertificate[], authority?: Authority): Node[] {
  const newestFirst = issued.toSorted((one, other) => other.issuedAt - one.issuedAt);
  const nodes: Node[] = newestFirst.slice(0, maxShown).map((certificate) => ({
    kind: 'issuedCertificate',
    certificate,
    ...(authority ? { authority } : {}),
  }));
  const hidden = issued.length - nodes.length;
  if (hidden > 0) {
    nodes.push({
      kind: 'notice',
      branch: 'authorities',
      text:
        hidden === 1
          ? l10n.t('1 older certificate is not shown')
          : l10n.t('{0} older certificates are not shown', hidden),
      icon: 'ellipsis',
      detail: l10n.t('All {0} are in the folder of the certificate authority.', issued.length),
    });
  }
  if (nodes.length === 0) {
    nodes.push({
      kind: 'notice',
      branch: 'authorities',
      text: l10n.t('No device certificates issued yet'),
      icon: 'info',
      detail: l10n.t('Create an X.509 device on a hub, or issue a certificate for an existing one.'),
    });
  }
  return nodes;
}

/** The children of a node; a failure becomes a node of its own. */
export async function childrenOf(node: Node, services: ChildServices): Promise<Node[]> {
  const read = table[node.kind] as ((node: Node, services: ChildServices) => Promise<Node[]>) | undefined;
  if (!read) return [];
  try {
    return await read(node, services);
  } catch (error) {
    return [failureNode(node, error)];
  }
}

function failureNode(node: Node, error: unknown): Node {
  const message = plainMessage(error);
  const branch = branchOf(node);
  if (node.kind !== 'account' && node.kind !== 'subscription') {
    return { kind: 'failure', hubId: node.hubId, branch, message, ...signInOf(error) };
  }
  return { kind: 'failure', branch, above: node, message, ...signInOf(error) };
}

function branchOf({ kind, hubId }: Node): Branch {
  if (kind === 'account') return 'azure';
  if (kind === 'subscription') return 'subscription';
  if (hubId === undefined) return 'authorities';
  return kind === 'certificateFolder' ? 'certificates' : kind === 'hub' ? 'hub' : 'devices';
}
