import { type Node } from './nodes';

/** The tree as features see it. */
export interface TreeView {
  /** Draws a node and its children again; all without one. */
  redraw(node?: Node): void;
  /** @param options `isGoal`: revealing it is the purpose of the command, so it gets the focus */
  reveal(node: Node, options?: { readonly isGoal?: boolean }): Promise<void>;
}
