import { type Node } from './nodes';

/** The tree as features see it. */
export interface TreeView {
  /** Draws a node and its children again; all without one. */
  redraw(node?: Node): void;
  /** @param options `isGoal`: the command is done with it, so it takes the focus */
  reveal(node: Node, options?: { readonly isGoal?: boolean }): Promise<void>;
}
