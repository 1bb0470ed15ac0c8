import * as vscode from 'vscode';
import { DisposableStore } from '../core/base/disposable';
import { maskSecrets } from '../core/base/maskSecrets';
import { safeText, singleLine } from '../core/base/singleLine';
import { views } from '../contributions';
import { type Services } from '../services';
import { mayTakeFocus } from '../workbench/focusGuard';
import { childrenOf, roots, type ChildServices } from './children';
import { nodeId, parentOf, type Node, type NodeKind } from './nodes';
import { contextValue, present, type PresentationContext } from './presentation';
import { type TreeView } from './treeView';

const collapsible = {
  never: vscode.TreeItemCollapsibleState.None,
  onDemand: vscode.TreeItemCollapsibleState.Collapsed,
  atOnce: vscode.TreeItemCollapsibleState.Expanded,
} as const;

const branches: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'account',
  'subscription',
  'hub',
  'deviceFolder',
  'certificateFolder',
  'authorityFolder',
  'authority',
  'selfSignedFolder',
]);
const leaves: ReadonlySet<NodeKind> = new Set<NodeKind>(['device', 'hubCertificate', 'issuedCertificate']);

/** The tree in VS Code. */
export class Explorer implements TreeView, vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<Node[] | undefined>());
  /** Branches to draw again; `undefined` is the whole tree. */
  private readonly outdated = new Set<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  /** VS Code refreshes by object, so nodes with children stay the same objects. */
  private readonly branches = new Map<string, Node>();
  private readonly everOpened = new Set<string>();
  /** By ID, whether the user expanded or collapsed it last. */
  private readonly isExpanded = new Map<string, boolean>();

  constructor(private readonly services: ChildServices & Pick<Services, 'badges'>) {
    const { hubs, badges, devices, certificates, authorities, azure } = services;
    this.view = this.store.add(
      vscode.window.createTreeView(views.explorer, {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.store.add(hubs.onDidChange(() => this.redraw()));
    this.store.add(azure.onDidChange(() => this.redraw()));
    this.store.add(badges.onDidChange(() => this.redraw()));
    this.store.add(devices.onDidChange((hubId) => this.redraw({ kind: 'deviceFolder', hubId })));
    this.store.add(certificates.onDidChange((hubId) => this.redraw({ kind: 'certificateFolder', hubId })));
    this.store.add(authorities.onDidChange(() => this.redraw({ kind: 'authorityFolder' })));
    this.store.add(
      this.view.onDidExpandElement(({ element }) => {
        this.isExpanded.set(nodeId(element), true);
        if (element.kind === 'hub') hubs.opened(element.hubId);
      }),
    );
    this.store.add(
      this.view.onDidCollapseElement(({ element }) => void this.isExpanded.set(nodeId(element), false)),
    );
  }

  get selection(): readonly Node[] {
    return this.view.selection;
  }

  /**
   * Draws again from what is known, without reading from a hub. Several calls of one turn become one event: VS Code would
   * draw the others 200 ms later, and a click on a row during that reaches its command without the node.
   */
  redraw(node?: Node): void {
    if (this.outdated.size === 0) queueMicrotask(() => this.fireOutdated());
    this.outdated.add(node && this.branch(node));
  }

  private fireOutdated(): void {
    if (this.outdated.size === 0) return;
    const nodes = [...this.outdated];
    this.outdated.clear();
    const branchNodes = nodes.filter((node) => node !== undefined);
    this.changed.fire(branchNodes.length === nodes.length ? branchNodes : undefined);
  }

  /** Shows and selects it. It gets the focus if the user asked for it, or if the focus is nowhere else yet. */
  async reveal(node: Node, { isGoal = false } = {}): Promise<void> {
    const expand = !leaves.has(node.kind);
    // VS Code cannot reveal what it does not know to be new.
    this.fireOutdated();
    // The tree may have to be read first, which may take a while.
    await this.view.reveal(node, { select: true, focus: false, expand });
    if (isGoal || mayTakeFocus()) await this.view.reveal(node, { select: true, focus: true });
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { hubs, badges } = this.services;
    const context: PresentationContext = {
      hub: (hubId) => hubs.find(hubId),
      badges: (hubId) => badges.badgesOf(hubId),
      now: Date.now(),
    };
    const look = present(node, context);
    const id = nodeId(node);
    const item = new vscode.TreeItem(
      singleLine(maskSecrets(look.label)),
      collapsible[this.opens(id, look.opens)],
    );
    item.id = id;
    item.description = look.description && singleLine(look.description);
    item.tooltip = look.tooltip && safeText(maskSecrets(look.tooltip));
    item.iconPath = new vscode.ThemeIcon(
      look.icon,
      look.iconColor ? new vscode.ThemeColor(look.iconColor) : undefined,
    );
    item.contextValue = contextValue(node, look);
    item.accessibilityInformation = { label: singleLine(maskSecrets(look.spoken)) };
    if (look.command) {
      item.command = {
        title: look.label,
        command: look.command.id,
        arguments: look.command.takesNode ? [node] : [],
      };
    }
    return item;
  }

  /**
   * A redraw of the whole tree cancels reading a branch, and VS Code draws the branch without children until it is read
   * again. VS Code then does not know which of them were expanded.
   */
  private opens(id: string, initially: 'atOnce' | 'onDemand' | 'never' = 'never'): keyof typeof collapsible {
    const isExpanded = this.isExpanded.get(id);
    if (initially === 'never' || isExpanded === undefined) return initially;
    return isExpanded ? 'atOnce' : 'onDemand';
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.kind === 'hub' && !this.everOpened.has(node.hubId)) {
      // VS Code loses the event when the tree is redrawn at that moment.
      this.everOpened.add(node.hubId);
      this.services.hubs.opened(node.hubId);
    }
    const children = await (node
      ? childrenOf(node, this.services)
      : roots(this.services, () => this.redraw()));
    return children.map((child) => this.branch(child));
  }

  getParent(node: Node): Node | undefined {
    const parent = node.kind === 'hub' ? this.subscriptionOf(node.hubId) : parentOf(node);
    return parent && this.branch(parent);
  }

  dispose(): void {
    this.store.dispose();
  }

  private branch(node: Node): Node {
    if (!branches.has(node.kind)) return node;
    const id = nodeId(node);
    const known = this.branches.get(id);
    // The same object with current data.
    if (known) return Object.assign(known, node);
    this.branches.set(id, node);
    return node;
  }

  private subscriptionOf(hubId: string): Node | undefined {
    const { hubs, azure } = this.services;
    if (hubs.find(hubId)?.kind !== 'azure') return undefined;
    const entry = azure.find(hubId);
    return entry && { kind: 'subscription', subscription: entry.subscription };
  }
}
