import { plainMessage } from '../core/errors';
import { commands } from '../contributions';
import { type Services } from '../services';
import { type Node, type NodeKind, type NodeOf } from './nodes';

export type ChildServices = Pick<Services, 'hubs' | 'devices'>;
type Children = { readonly [K in NodeKind]?: (node: NodeOf<K>, services: ChildServices) => Promise<Node[]> };

export function roots({ hubs }: ChildServices): Node[] {
  return hubs.list().map(({ id }) => ({ kind: 'hub', hubId: id }));
}

const table: Children = {
  hub: async ({ hubId }, { hubs }) => {
    const hub = hubs.find(hubId);
    if (!hub) return [];
    const place = 'hub';
    switch (hub.status.kind) {
      case 'ready':
        return [
          { kind: 'deviceFolder', hubId },
          { kind: 'certificateFolder', hubId },
        ];
      case 'busy':
        return [{ kind: 'notice', hubId, place, text: hub.status.text, icon: 'loading~spin' }];
      case 'off':
        return [
          { kind: 'notice', hubId, place, text: hub.status.text, icon: 'play', command: hub.status.command },
        ];
      case 'failed':
        return [{ kind: 'failure', hubId, place, message: hub.status.reason, command: hub.status.command }];
    }
  },
  deviceFolder: async ({ hubId }, { hubs, devices }) => {
    // Asking a hub that is off would start it; only people do that.
    if (hubs.find(hubId)?.status.kind !== 'ready') return [];
    const list = await devices.load(hubId);
    if (list.devices.length === 0) {
      return [
        {
          kind: 'notice',
          hubId,
          place: 'devices',
          text: 'No devices yet. Register one…',
          icon: 'add',
          command: commands.registerDevice,
        },
      ];
    }
    const nodes: Node[] = list.devices.map((device) => ({ kind: 'device', hubId, device }));
    return list.continuation ? [...nodes, { kind: 'loadMore', hubId, loaded: nodes.length }] : nodes;
  },
  certificateFolder: async ({ hubId }) => [
    {
      kind: 'notice',
      hubId,
      place: 'certificates',
      text: 'Certificates are not managed here yet',
      icon: 'info',
      detail:
        'Here will be the certificate authorities that this hub trusts. Devices can be registered with a thumbprint or as CA-signed already.',
    },
  ],
};

/** The children of a node; what fails becomes one node that says so. */
export async function childrenOf(node: Node, services: ChildServices): Promise<Node[]> {
  const read = table[node.kind] as ((node: Node, services: ChildServices) => Promise<Node[]>) | undefined;
  if (!read) return [];
  try {
    return await read(node, services);
  } catch (error) {
    return [{ kind: 'failure', hubId: node.hubId, place: 'devices', message: plainMessage(error) }];
  }
}
