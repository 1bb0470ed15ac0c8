import { formatCsv, parseDelimited } from '../../base/csv';
import { deviceIdProblem } from '../../device/deviceId';
import { IotError } from '../../errors';

export interface DeviceListLine {
  /** Of the file, from 1. */
  readonly line: number;
  readonly deviceId: string;
  /** Why it cannot be taken. */
  readonly problem?: string;
}

const maxLines = 100_000;

/**
 * Device ids of a text file: one a line, or the first column of a CSV file with commas, semicolons or tabs,
 * with or without a head line. Empty lines and lines that begin with `//` are skipped.
 * @throws IotError when it is no such file.
 */
export function parseDeviceList(text: string): readonly DeviceListLine[] {
  if (text.includes('\0')) throw new IotError('invalidInput', 'This is no text file with device ids.');
  const rows = parseDelimited(text);
  const lineCount = rows.at(-1)?.line ?? 0;
  if (lineCount > maxLines) {
    throw new IotError('invalidInput', `A list has at most ${maxLines} lines; this one has ${lineCount}.`);
  }
  const seen = new Map<string, number>();
  const found: DeviceListLine[] = [];
  for (const { line, cells } of rows) {
    const deviceId = (cells[0] ?? '').trim();
    if (deviceId === '' || deviceId.startsWith('//')) continue;
    if (found.length === 0 && /^(device ?id|id|name)$/i.test(deviceId)) continue;
    const first = seen.get(deviceId);
    const problem =
      deviceIdProblem(deviceId) ?? (first === undefined ? undefined : `It is in line ${first} already.`);
    seen.set(deviceId, first ?? line);
    found.push({ line, deviceId, ...(problem === undefined ? {} : { problem }) });
  }
  if (found.length === 0) throw new IotError('invalidInput', 'This file holds no device id.');
  return found;
}

export interface DeviceResult {
  readonly deviceId: string;
  readonly status: 'created' | 'issued' | 'skipped' | 'failed' | 'cancelled';
  readonly sha256?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly notAfter?: number;
  readonly reason?: string;
}

/** A CSV text without secrets. */
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
