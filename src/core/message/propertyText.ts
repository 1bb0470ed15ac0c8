import * as l10n from '@vscode/l10n';
import { decodeText } from './decodeBody';

/** The text of a property, whatever type it arrived with. */
export function propertyText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  const text = scalarText(value);
  if (text !== undefined) return text;
  try {
    return JSON.stringify(value, plain) ?? '';
  } catch {
    return l10n.t('(cannot be shown as text)');
  }
}

/** Values that JSON would lose or fail on. `undefined` for others. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return decodeText(bytes, 'utf-8') ?? bytes.toString('hex');
  }
  return undefined;
}

/** The value itself is read from its owner: bytes and times have already been converted otherwise. */
function plain(this: unknown, name: string, converted: unknown): unknown {
  const value: unknown = (this as Readonly<Record<string, unknown>>)[name];
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  return scalarText(value) ?? converted;
}
