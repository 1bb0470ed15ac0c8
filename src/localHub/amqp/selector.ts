import type { Position } from '../state/eventLog';

const selectorName = 'apache.org:selector-filter:string';
const selectorCode = 0x468c00000004;

const annotations: Readonly<Record<string, 'offset' | 'sequenceNumber' | 'enqueuedTime'>> = {
  'x-opt-offset': 'offset',
  'x-opt-sequence-number': 'sequenceNumber',
  'x-opt-enqueued-time': 'enqueuedTime',
  // Sent by `az iot hub monitor-events`.
  'x-opt-enqueuedtimeutc': 'enqueuedTime',
};

/** Reads an Event Hubs start position, e.g. `amqp.annotation.x-opt-offset > '@latest'`. */
export function parseSelector(text: string): Position | undefined {
  const match = /^\s*amqp\.annotation\.([a-z-]+)\s*(>=?)\s*(?:'([^']*)'|(\S+))\s*$/i.exec(text);
  const kind = annotations[match?.[1]?.toLowerCase() ?? ''];
  if (!match || !kind) return undefined;
  const value = match[3] ?? match[4] ?? '';
  const inclusive = match[2] === '>=';
  if (kind === 'offset' && value.toLowerCase() === '@latest') return { kind: 'latest' };
  if (!/^-?\d{1,19}$/.test(value)) return undefined;
  if (kind === 'offset' && value === '-1') return { kind: 'earliest' };
  return { kind, value: Number(value), inclusive };
}

interface Described {
  readonly value: unknown;
  readonly descriptor?: { readonly value?: unknown };
}

const isDescribed = (value: unknown): value is Described =>
  typeof value === 'object' && value !== null && 'value' in value;

/**
 * Finds the selector among a source's filters (AMQP 3.5.8), by key or by descriptor: clients send either the name or the
 * number.
 */
export function selectorOf(filters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  for (const [key, filter] of Object.entries(filters ?? {})) {
    const descriptor = isDescribed(filter) ? filter.descriptor?.value : undefined;
    if (key !== selectorName && descriptor !== selectorName && descriptor !== selectorCode) continue;
    const text = isDescribed(filter) ? filter.value : filter;
    if (typeof text === 'string') return text;
  }
  return undefined;
}
