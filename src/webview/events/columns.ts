import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../core/base/numbers';
import { type MessageRow } from './api';
import { timeText } from './times';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Width in the CSS grid. */
  readonly width: string;
  /** Width that it needs, in characters. */
  readonly minCharacters: number;
  readonly isRight?: boolean;
  readonly text: (row: MessageRow, utc: boolean) => string;
}

export const tableColumns = (): readonly Column[] => [
  {
    id: 'time',
    label: l10n.t('Time'),
    width: '13ch',
    minCharacters: 13,
    text: ({ at }, utc) => timeText(at, utc),
  },
  {
    id: 'device',
    label: l10n.t('Device'),
    width: 'minmax(8ch, clamp(8ch, 22%, 18ch))',
    minCharacters: 8,
    text: ({ device }) => device,
  },
  { id: 'source', label: l10n.t('Source'), width: '14ch', minCharacters: 14, text: ({ source }) => source },
  {
    id: 'size',
    label: l10n.t('Size'),
    width: '8ch',
    minCharacters: 8,
    isRight: true,
    text: ({ size }) => formatBytes(size),
  },
  {
    id: 'body',
    label: l10n.t('Body'),
    width: 'minmax(3ch, 3fr)',
    minCharacters: 16,
    text: ({ body }) => body,
  },
  {
    id: 'properties',
    label: l10n.t('Properties'),
    width: 'minmax(0, 1fr)',
    minCharacters: 8,
    text: ({ properties }) => properties,
  },
  {
    id: 'contentType',
    label: l10n.t('Content type'),
    width: '18ch',
    minCharacters: 18,
    text: ({ contentType }) => contentType,
  },
  {
    id: 'partition',
    label: l10n.t('Partition'),
    width: '9ch',
    minCharacters: 9,
    isRight: true,
    text: ({ partition }) => partition,
  },
  {
    id: 'sequenceNumber',
    label: l10n.t('Sequence number'),
    width: '16ch',
    minCharacters: 16,
    isRight: true,
    text: ({ sequenceNumber }) => String(sequenceNumber),
  },
];

export const defaultColumns: readonly string[] = ['time', 'device', 'size', 'body', 'properties'];

/** Columns that a narrow table leaves out, the least important first. */
const leftOut = ['size', 'properties', 'contentType', 'partition', 'source', 'sequenceNumber'];
/** Space between two columns, in characters. */
const gap = 1.7;

/** The selected columns that fit into a width in characters. Time, device and body are never left out. */
export function fittingColumns(ids: readonly string[], characters: number): readonly Column[] {
  const columns = tableColumns().filter(({ id }) => ids.includes(id));
  let excess = columns.reduce((sum, { minCharacters }) => sum + minCharacters + gap, -gap) - characters;
  const hidden = new Set<string>();
  for (const id of leftOut) {
    const column = columns.find((candidate) => candidate.id === id);
    if (excess <= 0 || !column || hidden.size === columns.length - 1) continue;
    hidden.add(id);
    excess -= column.minCharacters + gap;
  }
  return columns.filter(({ id }) => !hidden.has(id));
}
