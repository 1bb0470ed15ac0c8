import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { Explorer } from '../../../src/explorer/explorer';
import { type Node } from '../../../src/explorer/nodes';
import { anAzureDirectory, aSubscription } from '../../support/azure';
import { fake } from '../../support/fakeVscode';
import { TreeItemCollapsibleState } from '../../support/vscode/values';

type ExplorerServices = ConstructorParameters<typeof Explorer>[0];

describe('The tree', () => {
  const devices = new Emitter<string>();
  const certificates = new Emitter<string>();
  const never = { onDidChange: new Emitter<never>().event };
  const open = () => {
    const explorer = new Explorer({
      hubs: new HubDirectory(),
      badges: never,
      devices: { onDidChange: devices.event },
      certificates: { onDidChange: certificates.event },
      authorities: never,
      azure: anAzureDirectory(),
    } as unknown as ExplorerServices);
    const events: (readonly { readonly kind: string }[] | undefined)[] = [];
    explorer.onDidChangeTreeData((nodes) => void events.push(nodes));
    return { explorer, events };
  };

  it('is drawn once for all changes of one turn', async () => {
    const { explorer, events } = open();
    devices.fire('a');
    certificates.fire('a');
    devices.fire('a');
    await Promise.resolve();
    expect(events.map((nodes) => nodes?.map(({ kind }) => kind))).toEqual([
      ['deviceFolder', 'certificateFolder'],
    ]);
    devices.fire('a');
    explorer.redraw();
    await Promise.resolve();
    expect(events.slice(1)).toEqual([undefined]);
    explorer.dispose();
  });

  it('is drawn before a new node is revealed', async () => {
    const { explorer, events } = open();
    devices.fire('a');
    const revealed = explorer.reveal({ kind: 'authorityFolder' });
    expect(events).toHaveLength(1);
    await revealed;
    expect(events).toHaveLength(1);
    explorer.dispose();
  });

  it('keeps what the user expanded and collapsed when a branch was without its children for a moment', () => {
    const { explorer } = open();
    const subscription: Node = { kind: 'subscription', subscription: aSubscription() };
    const folder: Node = { kind: 'deviceFolder', hubId: 'a' };
    const states = () => [subscription, folder].map((node) => explorer.getTreeItem(node).collapsibleState);
    const { Collapsed, Expanded } = TreeItemCollapsibleState;
    expect(states()).toEqual([Collapsed, Expanded]);
    fake.nodeExpanded.fire({ element: subscription });
    fake.nodeCollapsed.fire({ element: folder });
    expect(states()).toEqual([Expanded, Collapsed]);
    explorer.dispose();
  });

  it('shows names as text without hidden characters', () => {
    const { explorer } = open();
    const name = 'a\nb\u202ec\u001b[31md\u200b';
    const safe = 'a\\u000ab\\u202ec\\u001b[31md\\u200b';
    const item = explorer.getTreeItem({ kind: 'subscription', subscription: { ...aSubscription(), name } });
    expect(item.label).toBe(safe);
    expect(item.accessibilityInformation?.label).toContain(safe);
    expect(item.tooltip).toContain('a\nb\\u202ec');
    explorer.dispose();
  });
});
