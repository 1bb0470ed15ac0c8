import * as vscode from 'vscode';
import { counted } from '../../../core/base/numbers';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { settleTicks, type CleanUpRow } from '../../../core/azure/cleanUpPlan';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';

export type Answer =
  | { readonly kind: 'ticked'; readonly ticked: ReadonlySet<string> }
  /** It stays where it is and is not listed again. */
  | { readonly kind: 'forget'; readonly row: CleanUpRow }
  /** What could not be looked at. */
  | { readonly kind: 'unknown' };

interface Item extends vscode.QuickPickItem {
  readonly row?: CleanUpRow;
}

const forgetButton = {
  iconPath: new vscode.ThemeIcon('eye-closed'),
  tooltip: 'Keep It, and Do Not List It Again',
};

/** All that was found, with ticks that follow each other: what is in a hub or a group goes with it. */
export async function pickResources(
  title: string,
  rows: readonly CleanUpRow[],
  unknown: readonly UnreachableResources[],
): Promise<Answer> {
  const store = new DisposableStore();
  const pick = store.add(vscode.window.createQuickPick<Item>());
  const things = unknown.flatMap((one) => one.resources).length;
  pick.title = title;
  pick.placeholder = `Ticked things are deleted; what is in a hub or group goes with it.${things > 0 ? ` ${counted(things, 'thing')} could not be looked at.` : ''}`;
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  // Somebody may want to look something up meanwhile.
  pick.ignoreFocusOut = true;
  const unknownButton = {
    iconPath: new vscode.ThemeIcon('warning'),
    tooltip: `${counted(things, 'Thing')} Could Not Be Looked At…`,
  };
  if (things > 0) pick.buttons = [unknownButton];
  const items = itemsOf(rows);
  pick.items = items;
  const show = (ticked: ReadonlySet<string>) =>
    (pick.selectedItems = items.filter(({ row }) => row && ticked.has(row.id)));
  let ticked: ReadonlySet<string> = new Set(
    rows.filter(({ isPreselected }) => isPreselected).map(({ id }) => id),
  );
  show(ticked);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      store.add(
        pick.onDidChangeSelection((selection) => {
          const now = idsOf(selection);
          const settled = settleTicks(rows, ticked, now);
          ticked = settled;
          if (settled.size !== now.size || [...settled].some((id) => !now.has(id))) show(settled);
        }),
      );
      store.add(
        pick.onDidTriggerItemButton(({ item }) => item.row && resolve({ kind: 'forget', row: item.row })),
      );
      store.add(pick.onDidTriggerButton(() => resolve({ kind: 'unknown' })));
      store.add(pick.onDidAccept(() => resolve({ kind: 'ticked', ticked })));
      store.add(pick.onDidHide(() => reject(abortError())));
      pick.show();
    });
  } finally {
    store.dispose();
  }
}

function itemsOf(rows: readonly CleanUpRow[]): readonly Item[] {
  return rows.flatMap((row, at): Item[] => [
    ...(rows[at - 1]?.section === row.section
      ? []
      : [{ label: row.section, kind: vscode.QuickPickItemKind.Separator }]),
    {
      label: `$(${row.icon}) ${row.label}`,
      description: row.description,
      ...(row.detail === undefined ? {} : { detail: row.detail }),
      buttons: [forgetButton],
      row,
    },
  ]);
}

const idsOf = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(items.flatMap(({ row }) => (row ? [row.id] : [])));
