import { describe, expect, it } from 'vitest';
import { readFailure } from '../../../src/azure/management/readFailure';
import { readAnswer } from '../../../src/azure/registry/registryFailure';
import { safeName } from '../../../src/certificates/safeNames';
import { parseCsvRecord, parseDelimited } from '../../../src/core/base/csv';
import { parseDuration } from '../../../src/core/base/durations';
import { maskSecrets } from '../../../src/core/base/maskSecrets';
import { safeLines, singleLine } from '../../../src/core/base/singleLine';
import { wildcard } from '../../../src/core/base/wildcard';
import { toHubCertificateName } from '../../../src/core/certificate/hubCertificates';
import { describeError } from '../../../src/core/errors';
import { isEventHubString } from '../../../src/core/hub/eventHubConnection';
import { parseHubConnection } from '../../../src/core/hub/hubConnection';
import { endOfJson, indentJson } from '../../../src/core/message/jsonText';
import { parseLineTemplate } from '../../../src/core/message/lineTemplate';
import { parseMessageFilter } from '../../../src/core/message/messageFilter';
import { decodePropertyBag, encodePropertyBag } from '../../../src/core/message/propertyBag';
import { bodyJson } from '../../../src/core/message/readBody';
import { type ReceivedMessage } from '../../../src/core/message/receivedMessage';
import { renderMessage } from '../../../src/core/message/renderMessage';
import { newDraft } from '../../../src/core/publish/draft';
import { readMessageFile } from '../../../src/core/publish/messageFile';
import { Generators } from '../../../src/core/template/generators';
import { MessageTemplate } from '../../../src/core/template/messageTemplate';
import { covers } from '../../../src/localHub/account/roles';
import { isScopeOf } from '../../../src/localHub/account/roleAssignments';
import { addressPath } from '../../../src/localHub/amqp/addresses';
import { parseSelector } from '../../../src/localHub/amqp/selector';
import { readFilter } from '../../../src/localHub/arm/filter';
import { parseSasToken } from '../../../src/localHub/auth/sasToken';
import { boundedLog } from '../../../src/localHub/cli/boundedLog';
import { parseQuery } from '../../../src/localHub/http/query';
import { singleLine as hubSingleLine } from '../../../src/localHub/singleLine';
import { csv } from '../../../src/recording/csv';
import { jsonView } from '../../../src/webview/events/jsonView';

/** Long enough for a backtracking search, a recursion or an indentation of this depth to fail. */
const length = 150_000;

const pieces = [
  ' ',
  ' \n',
  '\r',
  '\u2028',
  '\t//',
  '"',
  '\\"',
  '\\',
  "'",
  "''",
  '[',
  '{',
  '{"a":',
  '{{',
  '}}',
  'a',
  '1',
  '1.',
  '/',
  '?',
  '-',
  '.',
  '=',
  ';',
  '$.a',
  '$[',
  '*',
  'sig%3D',
  'sig=',
  'SharedAccessKey%3D',
  'SharedAccessKey=',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '"primaryKey":',
  '\\"primaryKey\\":',
  'primaryKey: "',
  'Bearer ',
  'a-',
  'primary key',
  'https://a',
  'Authorization: Basic ',
  '\n at x',
  '\n ',
];
/** With a beginning and an end that let an expression start, or fail at the end. */
const texts = pieces.flatMap((piece) => {
  const run = piece.repeat(length / piece.length);
  return [run, `${run}<`, `{"a":"${run}<`];
});

const message = (text: string): ReceivedMessage => ({
  partitionId: '0',
  sequenceNumber: 1,
  enqueuedAt: 0,
  body: Buffer.from(text),
  contentType: text.slice(0, 1_000),
  contentEncoding: text.slice(0, 1_000),
  systemProperties: {},
  applicationProperties: { note: text },
});
const render = (text: string, format: 'pretty' | 'oneLine' | 'template') =>
  renderMessage(message(text), {
    showProperties: true,
    maxBytes: length,
    format: format === 'template' ? parseLineTemplate('{body} {pretty} {properties} {$.a}') : format,
  });
const generators = new Generators({ seed: 1 });
const log = boundedLog(() => undefined);
const unlessRefused = (run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(RangeError);
  }
};

describe('text that a device, a file or a client chose is read in linear time', () => {
  const uses: Record<string, (text: string) => unknown> = {
    'masked secrets': maskSecrets,
    'a single line': singleLine,
    'safe lines': safeLines,
    'an indented message': (text) => render(text, 'pretty'),
    'a message as one line': (text) => render(text, 'oneLine'),
    'a message by a template': (text) => render(text, 'template'),
    'a JSON body': (text) => bodyJson(message(text)),
    'indented JSON': indentJson,
    'the end of JSON': endOfJson,
    'coloured JSON': (text) => jsonView(text.slice(0, 40_000)),
    'a filter': (text) => parseMessageFilter(text.slice(0, 100)).isShown(message(text)),
    'a property filter': (text) => parseMessageFilter('note=*a*a*a*b*').isShown(message(text)),
    'a pattern': (text) => wildcard(text.slice(0, 1_000))(text),
    'a message template': parseLineTemplate,
    'delimited text': parseDelimited,
    'a CSV record': parseCsvRecord,
    'a recorded message': (text) => csv.decode(csv.encode(message(text)).trimEnd()),
    'a topic': (text) => encodePropertyBag(decodePropertyBag(text)),
    'a duration': parseDuration,
    'a certificate name': toHubCertificateName,
    'a file name': (text) => safeName(text, 'name'),
    'an error': (text) => {
      const error = new Error('short');
      error.stack = text;
      return describeError(error);
    },
    'a connection string': parseHubConnection,
    'an Event Hubs connection string': isEventHubString,
    'a message file': (text) => readMessageFile(text, newDraft([], 60), (path) => path),
    'a JSON template': (text) => MessageTemplate.json(text, generators),
    'a text template': (text) => MessageTemplate.text(text, generators),
    'an error of Azure': (text) => readFailure({ code: text, message: text, statusCode: 400 }),
    'an answer of a hub': readAnswer,
    'a role': (text) => covers('a/*/b', text),
    'a scope': (text) => isScopeOf(text, text),
    'an address': addressPath,
    'a selector': parseSelector,
    'an ARM filter': readFilter,
    'a SAS token': parseSasToken,
    'a query': parseQuery,
    'a log line of the local hub': (text) => log('info', hubSingleLine(text)),
  };
  it.each(Object.entries(uses))('%s', (_, use) => {
    for (const text of texts) unlessRefused(() => use(text));
  });
});
