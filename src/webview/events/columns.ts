import { formatBytes } from '../../core/base/numbers';
import { type MessageRow } from './api';
import { timeText } from './times';

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Of CSS grid. */
  readonly width: string;
  readonly isRight?: boolean;
  readonly isUsual: boolean;
  readonly text: (row: MessageRow, utc: boolean) => string;
}

export const columns: readonly Column[] = [
  { id: 'time', label: 'Time', width: '13ch', isUsual: true, text: ({ at }, utc) => timeText(at, utc) },
  { id: 'device', label: 'Device', width: 'minmax(3ch, 18ch)', isUsual: true, text: ({ device }) => device },
  { id: 'source', label: 'Source', width: '14ch', isUsual: false, text: ({ source }) => source },
  {
    id: 'size',
    label: 'Size',
    width: '8ch',
    isRight: true,
    isUsual: true,
    text: ({ size }) => formatBytes(size),
  },
  { id: 'body', label: 'Body', width: 'minmax(3ch, 3fr)', isUsual: true, text: ({ body }) => body },
  {
    id: 'properties',
    label: 'Properties',
    width: 'minmax(0, 1fr)',
    isUsual: true,
    text: ({ properties }) => properties,
  },
  {
    id: 'contentType',
    label: 'Content type',
    width: '18ch',
    isUsual: false,
    text: ({ contentType }) => contentType,
  },
  {
    id: 'partition',
    label: 'Partition',
    width: '9ch',
    isRight: true,
    isUsual: false,
    text: ({ partition }) => partition,
  },
  {
    id: 'sequenceNumber',
    label: 'Sequence number',
    width: '16ch',
    isRight: true,
    isUsual: false,
    text: ({ sequenceNumber }) => String(sequenceNumber),
  },
];

export const usualColumns = columns.filter(({ isUsual }) => isUsual).map(({ id }) => id);
