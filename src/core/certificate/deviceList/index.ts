import * as l10n from '@vscode/l10n';
import { formatCsv, parseDelimited } from '../../base/csv';
import { formatCount } from '../../base/numbers';
import { deviceIdProblem } from '../../device/deviceId';
import { IotError } from '../../errors';
import { isUnlike } from './firstLine';

export interface DeviceListLine {
  /** Line number in the file, from 1. */
  readonly line: number;
  readonly deviceId: string;
  /** Why the line is not valid. */
  readonly problem?: string;
}

const maxLines = 100_000;

export interface DeviceList {
  readonly lines: readonly DeviceListLine[];
  /** The first line looks unlike the others: it may name the columns. */
  readonly isFirstUnlike: boolean;
}

/** Of the first column; anything else that looks like one is asked for. */
const columnNames = /^(?:device[ _-]?id|id|name)$/i;

/**
 * Reads device IDs from a text file: one per line, or the first column of a CSV file with commas, semicolons or
 * tabs, with or without a header. Empty lines and lines that start with `//` are skipped.
 * @throws IotError if it is not such a file
 */
export function parseDeviceList(text: string): DeviceList {
  if (text.includes('\0'))
    throw new IotError('invalidInput', l10n.t('This is not a text file with device IDs.'));
  const rows = parseDelimited(text);
  const lineCount = rows.at(-1)?.line ?? 0;
  if (lineCount > maxLines) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'A list cannot have more than {0} lines. This one has {1}.',
        formatCount(maxLines),
        formatCount(lineCount),
      ),
    );
  }
  const seen = new Map<string, number>();
  const found: DeviceListLine[] = [];
  const lines = rows.filter(
    ({ cells: [first = ''] }) => first.trim() !== '' && !first.trim().startsWith('//'),
  );
  const [head, ...rest] = lines.map(({ cells }) => cells);
  const isHeading = head !== undefined && columnNames.test((head[0] ?? '').trim());
  for (const { line, cells } of isHeading ? lines.slice(1) : lines) {
    const deviceId = (cells[0] ?? '').trim();
    const first = seen.get(deviceId);
    const problem =
      deviceIdProblem(deviceId) ??
      (first === undefined ? undefined : l10n.t('Duplicate of line {0}.', first));
    seen.set(deviceId, first ?? line);
    found.push({ line, deviceId, ...(problem === undefined ? {} : { problem }) });
  }
  if (found.length === 0) throw new IotError('invalidInput', l10n.t('This file contains no device IDs.'));
  return { lines: found, isFirstUnlike: !isHeading && head !== undefined && isUnlike(head, rest) };
}

export interface DeviceResult {
  readonly deviceId: string;
  readonly status: 'created' | 'issued' | 'skipped' | 'failed' | 'canceled';
  readonly sha256?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly notAfter?: number;
  readonly reason?: string;
}

/** Results as CSV text, without secrets. */
export function resultsCsv(results: readonly DeviceResult[]): string {
  const head = [
    'deviceId',
    'status',
    'thumbprintSha256',
    'certificateFile',
    'keyFile',
    'validUntil',
    'reason',
  ];
  const rows = results.map((one) => [
    one.deviceId,
    one.status,
    one.sha256 ?? '',
    one.certificateFile ?? '',
    one.keyFile ?? '',
    one.notAfter === undefined ? '' : new Date(one.notAfter).toISOString(),
    one.reason ?? '',
  ]);
  return formatCsv([head, ...rows], { escapeFormulas: true });
}
