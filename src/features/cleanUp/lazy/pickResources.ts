import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount } from '../../../core/base/numbers';
import { type UnreachableResources } from '../../../core/azure/discoveredResources';
import { sectionKey, resolveSelection, type CleanUpRow } from '../../../core/azure/cleanUpPlan';
import { abortError } from '../../../core/base/abort';
import { DisposableStore } from '../../../core/base/disposable';
import { rowText, sectionText } from './rowText';
import { createQuickPick, showPrompt, type PromptItem } from '../../../workbench/quickInputs';

export type Answer =
  | { readonly kind: 'ticked'; readonly ticked: ReadonlySet<string> }
  /** It is kept and hidden from Clean Up. */
  | { readonly kind: 'forget'; readonly row: CleanUpRow }
  /** Show the resources that could not be checked. */
  | { readonly kind: 'unknown' };

interface Item extends PromptItem {
  readonly row?: CleanUpRow;
}

const forgetButton = () => ({
  iconPath: new vscode.ThemeIcon('eye-closed'),
  tooltip: l10n.t('Keep and Hide from Clean Up'),
});

/** Everything that was found. The selection follows the containment: what is in a hub or a group is deleted with it. */
export async function pickResources(
  title: string,
  rows: readonly CleanUpRow[],
  unreachable: readonly UnreachableResources[],
): Promise<Answer> {
  const store = new DisposableStore();
  const pick = createQuickPick<Item>(store);
  const unchecked = unreachable.flatMap((one) => one.resources).length;
  pick.title = title;
  pick.placeholder = [
    l10n.t('Selected resources and everything they contain will be deleted.'),
    ...(unchecked > 0 ? [uncheckedText(unchecked)] : []),
  ].join(' ');
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const uncheckedButton = {
    iconPath: new vscode.ThemeIcon('warning'),
    tooltip: l10n.t('Show Resources That Could Not Be Checked…'),
  };
  if (unchecked > 0) pick.buttons = [uncheckedButton];
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
          const settled = resolveSelection(rows, ticked, now);
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
      showPrompt(pick);
    });
  } finally {
    store.dispose();
  }
}

function itemsOf(rows: readonly CleanUpRow[]): readonly Item[] {
  return rows.flatMap((row, at): Item[] => [...headingOf(row, rows[at - 1]), itemOf(row)]);
}

function headingOf({ section }: CleanUpRow, before: CleanUpRow | undefined): readonly Item[] {
  return before && sectionKey(before.section) === sectionKey(section)
    ? []
    : [{ label: sectionText(section), kind: vscode.QuickPickItemKind.Separator }];
}

function itemOf(row: CleanUpRow): Item {
  const { icon, label, description, detail, detailIcon } = rowText(row);
  return {
    icon,
    label,
    description,
    detailIcon,
    ...(detail === undefined ? {} : { detail }),
    buttons: [forgetButton()],
    row,
  };
}

const uncheckedText = (count: number) =>
  count === 1
    ? l10n.t('1 resource could not be checked.')
    : l10n.t('{0} resources could not be checked.', formatCount(count));

const idsOf = (items: readonly Item[]): ReadonlySet<string> =>
  new Set(items.flatMap(({ row }) => (row ? [row.id] : [])));
