import * as l10n from '@vscode/l10n';
import { wildcard } from '../base/wildcard';
import { IotError } from '../errors';
import { readPath, valueAt } from './jsonPath';
import { propertyText } from './propertyText';
import { bodyJson, bodyText } from './readBody';
import { type ReceivedMessage } from './receivedMessage';

type Test = (message: ReceivedMessage) => boolean;

/** Selects the messages that are shown. */
export interface MessageFilter {
  /** The filter as it was entered. */
  readonly text: string;
  isShown(this: void, message: ReceivedMessage): boolean;
}

/** Examples of filter terms. */
export const filterHelp =
  'device:boiler-*   type:*json   alert=true   $.temperature>20   "any text"   !device:test-*';

/**
 * Parses a filter: terms separated by spaces, all of which must match; `!` negates a term. `device:` and `type:`
 * (content type) accept patterns with `*`; `name=pattern` matches a property; `$.path` with `=`, `!=`, `>`, `>=`, `<`
 * or `<=` matches a value of a JSON body; anything else matches text in the body. Quotation marks preserve spaces.
 * @throws IotError `invalidInput`
 */
export function parseMessageFilter(text: string): MessageFilter {
  const tests = wordsOf(text).map((word) => {
    const isNot = word.startsWith('!') && word.length > 1;
    const test = testOf(isNot ? word.slice(1) : word);
    return isNot ? (message: ReceivedMessage) => !test(message) : test;
  });
  return { text: text.trim(), isShown: (message) => tests.every((test) => test(message)) };
}

/** Words separated by spaces; `"…"` may enclose a word or a part of one. */
function wordsOf(text: string): readonly string[] {
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1)
    throw new IotError('invalidInput', l10n.t('Invalid filter: a quotation mark is not closed.'));
  return (text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [])
    .map((word) => (/^!?\$/.test(word) ? word : word.replaceAll('"', '')))
    .filter((word) => word !== '');
}

function testOf(word: string): Test {
  const named = /^(device|type):(.*)$/is.exec(word);
  if (named) {
    const [, name = '', value = ''] = named;
    if (value === '') {
      throw new IotError('invalidInput', l10n.t('Invalid filter: "{0}:" requires a pattern.', name));
    }
    const fits = patternOf(value);
    return name.toLowerCase() === 'device'
      ? ({ deviceId }) => deviceId !== undefined && fits(deviceId)
      : ({ contentType }) => contentType !== undefined && fits(contentType);
  }
  if (word.startsWith('$.') || word.startsWith('$[')) return jsonTest(word);
  const property = /^([^=]+)=(.*)$/s.exec(word);
  if (property) {
    const [, name = '', value = ''] = property;
    const fits = patternOf(value);
    return ({ applicationProperties, systemProperties }) => {
      const own = [applicationProperties, systemProperties].find((each) => Object.hasOwn(each, name));
      const found = own?.[name];
      return found !== undefined && found !== null && fits(propertyText(found));
    };
  }
  const wanted = word.toLowerCase();
  return (message) => bodyText(message)?.toLowerCase().includes(wanted) ?? false;
}

const operators: Readonly<Record<string, (value: unknown, wanted: string | number) => boolean>> = {
  '=': (value, wanted) => String(value) === String(wanted),
  '!=': (value, wanted) => String(value) !== String(wanted),
  '>': (value, wanted) => typeof value === 'number' && value > Number(wanted),
  '>=': (value, wanted) => typeof value === 'number' && value >= Number(wanted),
  '<': (value, wanted) => typeof value === 'number' && value < Number(wanted),
  '<=': (value, wanted) => typeof value === 'number' && value <= Number(wanted),
};

function jsonTest(word: string): Test {
  const path = readPath(word);
  const comparison = /^(?:(!=|>=|<=|=|>|<)(.*))?$/s.exec(path?.rest ?? '');
  if (!path || !comparison) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        'Invalid filter: "{0}" is not a valid path, such as {1} or {2}.',
        word,
        '$.engine.temperature',
        '$.values[0]',
      ),
    );
  }
  const { steps } = path;
  const [, operator, rest = ''] = comparison;
  const wanted = rest.replaceAll('"', '');
  if (operator !== undefined && /[<>]/.test(operator) && (wanted === '' || Number.isNaN(Number(wanted)))) {
    throw new IotError('invalidInput', l10n.t('Invalid filter: "{0}" requires a number.', word));
  }
  const holds = operators[operator ?? ''];
  return (message) => {
    const value = valueAt(bodyJson(message), steps);
    if (value === undefined) return false;
    return holds ? typeof value !== 'object' && holds(value, wanted) : true;
  };
}

const patternOf = (pattern: string): ((text: string) => boolean) => wildcard(pattern, { ignoreCase: true });
