import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount } from '../../../../core/base/numbers';
import { maskSecrets } from '../../../../core/base/maskSecrets';
import { safeText, singleLine } from '../../../../core/base/singleLine';
import { decodeText, unpackBody } from '../../../../core/message/decodeBody';
import { propertyText } from '../../../../core/message/propertyText';
import { readBody } from '../../../../core/message/readBody';
import { type ReceivedMessage } from '../../../../core/message/receivedMessage';
import { describeBody, hexDump, renderMessage, timeText } from '../../../../core/message/renderMessage';
import { type Detail, type MessageRow } from '../../../../webview/events/api';
import { type ReadOnlyDocuments } from '../../../../workbench/readOnlyDocuments';
import { setting } from '../../../../workbench/settings';

const rowLength = 300;
const detailBytes = 256 * 1024;
/** Of a body that is not text; each byte becomes five characters. */
const maxDumpBytes = 1024 * 1024;
const maxProperties = 500;
const maxPropertyLength = 16 * 1024;

/** A message as a row: one line of body and properties each. */
export function rowOf(ordinal: number, index: number, message: ReceivedMessage): MessageRow {
  const { deviceId = '', moduleId, source = '', contentType = '' } = message;
  return {
    ordinal,
    index,
    at: message.enqueuedAt,
    device: singleLine(moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`),
    source: singleLine(source),
    size: message.body.length,
    body: maskSecrets(oneLine(shortBody(message))),
    properties: maskSecrets(oneLine(propertiesText(message.applicationProperties))),
    partition: message.partitionId,
    sequenceNumber: message.sequenceNumber,
    contentType: singleLine(contentType),
  };
}

/** Decodes only the beginning of a long body. */
function shortBody(message: ReceivedMessage): string {
  const { bytes, charset } = unpackBody(message);
  const part = bytes.subarray(0, rowLength * 4);
  const text = decodeText(part, charset, part.length < bytes.length) ?? readBody(message).text;
  return text ?? Buffer.from(message.body.subarray(0, 64)).toString('hex').replace(/(..)/g, '$1 ');
}

/** Does not cut a surrogate pair. */
const oneLine = (text: string) =>
  singleLine(
    text
      .slice(0, rowLength)
      .replace(/[\ud800-\udbff]$/, '')
      .replace(/\s+/g, ' '),
  );

const propertiesText = (properties: Readonly<Record<string, unknown>>) =>
  Object.entries(properties)
    .slice(0, rowLength)
    .map(([name, value]) => `${name}=${propertyText(value)}`)
    .join(', ');

/** All details of a message, for the pane next to the table. */
export function detailOf(message: ReceivedMessage): Detail {
  const { text, isJson, isReduced } = describeBody(message, detailBytes);
  const pairs = (properties: Readonly<Record<string, unknown>>): [string, string][] => {
    const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== null);
    const shown = given
      .slice(0, maxProperties)
      .map(([name, value]): [string, string] => [
        singleLine(cut(name)),
        safeText(cut(maskSecrets(propertyText(value)))),
      ]);
    return shown.length < given.length
      ? [...shown, ['…', l10n.t('{0} more', formatCount(given.length - shown.length))]]
      : shown;
  };
  return {
    systemProperties: pairs({
      [l10n.t('Device')]: message.deviceId,
      [l10n.t('Module')]: message.moduleId,
      [l10n.t('Source')]: message.source,
      [l10n.t('Enqueued time')]: timeText(message.enqueuedAt, setting('monitor.timeZone')),
      [l10n.t('Partition')]: message.partitionId,
      [l10n.t('Sequence number')]: message.sequenceNumber,
      [l10n.t('Content type')]: message.contentType,
      [l10n.t('Content encoding')]: message.contentEncoding,
      [l10n.t('Size')]: sizeText(message.body.length),
      ...message.systemProperties,
    }),
    applicationProperties: pairs(message.applicationProperties),
    body: safeText(maskSecrets(text)),
    isJson,
    isReduced,
  };
}

const cut = (text: string): string =>
  text.length > maxPropertyLength ? `${text.slice(0, maxPropertyLength)}…` : text;

/** The body as in the pane next to the table, with every character as it was sent. */
export const formattedBody = (message: ReceivedMessage): string =>
  maskSecrets(describeBody(message, detailBytes).text);

/** The whole body as it was sent, without indentation. */
export function rawText(message: ReceivedMessage): string {
  const { bytes, text, tail } = readBody(message);
  const dumped = text === undefined ? bytes : tail;
  const parts = [
    ...(text === undefined ? [] : [text]),
    ...(dumped === undefined ? [] : [hexDump(dumped.subarray(0, maxDumpBytes))]),
    ...(dumped !== undefined && dumped.length > maxDumpBytes ? ['…'] : []),
  ];
  return maskSecrets(parts.join('\n'));
}

const sizeText = (bytes: number): string =>
  bytes === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', formatCount(bytes));

/** The text of the output channel, with all properties. */
export const messageText = (message: ReceivedMessage): string =>
  renderMessage(message, {
    showProperties: true,
    maxBytes: detailBytes,
    timeZone: setting('monitor.timeZone'),
  });

/** Opens the whole body in an editor. @param form as in the pane next to the table, or as it was sent */
export async function openBody(
  bodies: ReadOnlyDocuments,
  message: ReceivedMessage,
  form: 'formatted' | 'raw',
): Promise<void> {
  const { text, isJson } = describeBody(message, detailBytes);
  const isRaw = form === 'raw';
  const { deviceId, partitionId, sequenceNumber } = message;
  const extension = isRaw ? 'raw.txt' : isJson ? 'json' : 'txt';
  const name = `${deviceId ?? 'message'} ${partitionId}-${sequenceNumber}.${extension}`;
  await bodies.open(name, isRaw ? rawText(message) : maskSecrets(text), {
    viewColumn: vscode.ViewColumn.Beside,
  });
}
