import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { formatCount } from '../../../../core/base/numbers';
import { maskSecrets } from '../../../../core/base/maskSecrets';
import { bodyText } from '../../../../core/message/bodyValue';
import { decodeText, unpackBody } from '../../../../core/message/decodeBody';
import { isJson } from '../../../../core/message/propertyBag';
import { type ReceivedMessage } from '../../../../core/message/receivedMessage';
import { renderBody, renderMessage, propertyText, timeText } from '../../../../core/message/renderMessage';
import { type Detail, type MessageRow } from '../../../../webview/events/api';
import { type ReadOnlyDocuments } from '../../../../workbench/readOnlyDocuments';
import { setting } from '../../../../workbench/settings';

const rowLength = 300;
const detailBytes = 256 * 1024;

/** A message as a row: one line of body and properties each. */
export function rowOf(ordinal: number, index: number, message: ReceivedMessage): MessageRow {
  const { deviceId = '', moduleId, source = '', contentType = '' } = message;
  return {
    ordinal,
    index,
    at: message.enqueuedAt,
    device: moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`,
    source,
    size: message.body.length,
    body: maskSecrets(oneLine(shortBody(message))),
    properties: maskSecrets(oneLine(propertiesText(message.applicationProperties))),
    partition: message.partitionId,
    sequenceNumber: message.sequenceNumber,
    contentType,
  };
}

/** Decodes only the beginning of a long body. */
function shortBody(message: ReceivedMessage): string {
  const { bytes, charset } = unpackBody(message);
  const part = bytes.subarray(0, rowLength * 4);
  const text = decodeText(part, charset, part.length < bytes.length);
  return text ?? Buffer.from(message.body.subarray(0, 64)).toString('hex').replace(/(..)/g, '$1 ');
}

/** Does not cut a surrogate pair. */
const oneLine = (text: string) =>
  text
    .slice(0, rowLength)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\s+/g, ' ');

const propertiesText = (properties: Readonly<Record<string, unknown>>) =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${propertyText(value)}`)
    .join(', ');

/** All details of a message, for the pane next to the table. */
export function detailOf(message: ReceivedMessage): Detail {
  const text = bodyText(message);
  const pairs = (properties: Readonly<Record<string, unknown>>): [string, string][] =>
    Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, maskSecrets(propertyText(value))]);
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
    body: maskSecrets(renderBody(message, detailBytes)),
    isJson: text !== undefined && isJson(text),
  };
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

/** Opens the whole body in an editor. */
export async function openBody(bodies: ReadOnlyDocuments, message: ReceivedMessage): Promise<void> {
  const { body, isJson: isJsonBody } = detailOf(message);
  const { deviceId, partitionId, sequenceNumber } = message;
  const name = `${deviceId ?? 'message'} ${partitionId}-${sequenceNumber}.${isJsonBody ? 'json' : 'txt'}`;
  await bodies.open(name, body, { viewColumn: vscode.ViewColumn.Beside });
}
