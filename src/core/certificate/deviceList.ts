import { deviceIdProblem } from '../device/deviceId';
import { IotError } from '../errors';

export interface DeviceListLine {
  /** Of the file, from 1. */
  readonly line: number;
  readonly deviceId: string;
  /** Why it cannot be taken. */
  readonly problem?: string;
}

const mostLines = 100_000;

/**
 * Device ids of a text file: one a line, or the first column of a CSV file with commas, semicolons or tabs,
 * with or without a head line. Empty lines and lines that begin with `//` are skipped.
 * @throws IotError when it is no such file.
 */
export function parseDeviceList(text: string): readonly DeviceListLine[] {
  if (text.includes('\0')) throw new IotError('invalidInput', 'This is no text file with device ids.');
  const rows = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  if (rows.length > mostLines) {
    throw new IotError('invalidInput', `A list has at most ${mostLines} lines; this one has ${rows.length}.`);
  }
  const seen = new Map<string, number>();
  const found: DeviceListLine[] = [];
  for (const [index, row] of rows.entries()) {
    const deviceId = firstField(row).trim();
    if (deviceId === '' || deviceId.startsWith('//')) continue;
    if (found.length === 0 && /^"?\s*(device ?id|id|name)\s*"?$/i.test(deviceId)) continue;
    const line = index + 1;
    const first = seen.get(deviceId);
    const problem =
      deviceIdProblem(deviceId) ?? (first === undefined ? undefined : `It is in line ${first} already.`);
    seen.set(deviceId, first ?? line);
    found.push({ line, deviceId, ...(problem === undefined ? {} : { problem }) });
  }
  if (found.length === 0) throw new IotError('invalidInput', 'This file holds no device id.');
  return found;
}

/** A device id may hold a comma; then it stands in quotes. */
function firstField(row: string): string {
  const quoted = /^\s*"((?:[^"]|"")*)"/.exec(row)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"');
  return row.split(/[,;\t]/)[0] ?? '';
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
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Spreadsheets run what begins like a formula; a device id may begin with `=`, `@`, `+` and `-`. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
