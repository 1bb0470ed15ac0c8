import * as l10n from '@vscode/l10n';
import { formatBytes } from '../../core/base/numbers';
import { type MessageRow } from './api';
import { timeText } from './times';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Width in the CSS grid. */
  readonly width: string;
  readonly isRight?: boolean;
  readonly text: (row: MessageRow, utc: boolean) => string;
}

export const tableColumns = (): readonly Column[] => [
  { id: 'time', label: l10n.t('Time'), width: '13ch', text: ({ at }, utc) => timeText(at, utc) },
  { id: 'device', label: l10n.t('Device'), width: 'minmax(3ch, 18ch)', text: ({ device }) => device },
  { id: 'source', label: l10n.t('Source'), width: '14ch', text: ({ source }) => source },
  {
    id: 'size',
    label: l10n.t('Size'),
    width: '8ch',
    isRight: true,
    text: ({ size }) => formatBytes(size),
  },
  { id: 'body', label: l10n.t('Body'), width: 'minmax(3ch, 3fr)', text: ({ body }) => body },
  {
    id: 'properties',
    label: l10n.t('Properties'),
    width: 'minmax(0, 1fr)',
    text: ({ properties }) => properties,
  },
  {
    id: 'contentType',
    label: l10n.t('Content type'),
    width: '18ch',
    text: ({ contentType }) => contentType,
  },
  {
    id: 'partition',
    label: l10n.t('Partition'),
    width: '9ch',
    isRight: true,
    text: ({ partition }) => partition,
  },
  {
    id: 'sequenceNumber',
    label: l10n.t('Sequence number'),
    width: '16ch',
    isRight: true,
    text: ({ sequenceNumber }) => String(sequenceNumber),
  },
];

export const defaultColumns: readonly string[] = ['time', 'device', 'size', 'body', 'properties'];
