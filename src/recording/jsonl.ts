import * as l10n from '@vscode/l10n';
import type { ReceivedMessage } from '../core/message/receivedMessage';
import type { TextFormat } from './textFormat';
import {
  base64Of,
  bytesOfBase64,
  isObject,
  isoOf,
  messageOf,
  propertiesFromValue,
  propertiesToJson,
  survivesParsing,
  textOf,
  timeOf,
} from './values';

/** A message of IoT Hub has at most 256 KB. */
const maxPadding = 1024 * 1024;

/** One JSON object per line; README.md describes the format. */
export const jsonl: TextFormat = { header: '', hasQuotedLines: false, encode, decode };

function encode(message: ReceivedMessage): string {
  const head = JSON.stringify({
    enqueuedTime: isoOf(message.enqueuedAt),
    deviceId: message.deviceId,
    moduleId: message.moduleId,
    partition: message.partitionId,
    sequenceNumber: message.sequenceNumber,
    source: message.source,
    contentType: message.contentType,
    contentEncoding: message.contentEncoding,
  });
  const properties = propertiesToJson(message.applicationProperties);
  const system = propertiesToJson(message.systemProperties);
  return `${head.slice(0, -1)},${bodyMember(message.body)},"properties":${properties},"systemProperties":${system}}\n`;
}

/** JSON is a value of the line, also if NUL bytes follow it, as programs in C send them. */
function bodyMember(body: Uint8Array): string {
  const text = textOf(body);
  if (text === undefined) return `"bodyBase64":"${base64Of(body)}"`;
  if (survivesParsing(text)) return `"body":${text}`;
  const end = text.indexOf('\0');
  const padding = text.length - end;
  return end > 0 && text.endsWith('\0'.repeat(padding)) && survivesParsing(text.slice(0, end))
    ? `"body":${text.slice(0, end)},"bodyPadding":${padding}`
    : `"bodyText":${JSON.stringify(text)}`;
}

function decode(record: string): ReceivedMessage {
  const row = parsed(record);
  return messageOf({
    partitionId: optionalText(row, 'partition') ?? '',
    sequenceNumber: typeof row['sequenceNumber'] === 'number' ? row['sequenceNumber'] : NaN,
    enqueuedAt: timeOf(row['enqueuedTime']),
    deviceId: optionalText(row, 'deviceId'),
    moduleId: optionalText(row, 'moduleId'),
    source: optionalText(row, 'source'),
    contentType: optionalText(row, 'contentType'),
    contentEncoding: optionalText(row, 'contentEncoding'),
    body: bodyOf(row),
    applicationProperties: propertiesFromValue(row['properties'] ?? {}),
    systemProperties: propertiesFromValue(row['systemProperties'] ?? {}),
  });
}

function parsed(record: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    throw new Error(l10n.t('The line is not valid JSON.'));
  }
  if (!isObject(value)) throw new Error(l10n.t('The line is not a JSON object.'));
  return value;
}

function bodyOf(row: Record<string, unknown>): Uint8Array {
  if ('body' in row) {
    const padding = row['bodyPadding'] ?? 0;
    if (typeof padding !== 'number' || !(padding >= 0 && padding <= maxPadding))
      throw new Error(l10n.t('"{0}" is not valid.', 'bodyPadding'));
    return Buffer.concat([Buffer.from(JSON.stringify(row['body'])), Buffer.alloc(padding)]);
  }
  if (typeof row['bodyText'] === 'string') return Buffer.from(row['bodyText']);
  if (typeof row['bodyBase64'] === 'string') return bytesOfBase64(row['bodyBase64']);
  throw new Error(l10n.t('The message has no body.'));
}

function optionalText(row: Record<string, unknown>, name: string): string | undefined {
  const value = row[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Error(l10n.t('"{0}" is not a string.', name));
  return value;
}
