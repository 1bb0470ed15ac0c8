import * as l10n from '@vscode/l10n';
import { printParseErrorCode, visit } from 'jsonc-parser';
import { TemplateError } from './templateError';

/** A string of a JSON text; `offset` is the position of its opening quotation mark. */
export interface JsonString {
  readonly kind: 'key' | 'value';
  readonly offset: number;
  readonly length: number;
}

/** The message for an error code of the parser. */
function parseProblem(code: string): string {
  switch (code) {
    case 'InvalidSymbol':
      return l10n.t('Invalid symbol. Names and strings require double quotation marks.');
    case 'InvalidNumberFormat':
      return l10n.t('Invalid number.');
    case 'PropertyNameExpected':
      return l10n.t('Expected a property name in double quotation marks.');
    case 'ValueExpected':
      return l10n.t('Expected a value.');
    case 'ColonExpected':
      return l10n.t('Expected a colon.');
    case 'CommaExpected':
      return l10n.t('Expected a comma.');
    case 'CloseBraceExpected':
      return l10n.t('Expected a closing brace.');
    case 'CloseBracketExpected':
      return l10n.t('Expected a closing bracket.');
    case 'EndOfFileExpected':
      return l10n.t('Expected the end of the JSON text.');
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return l10n.t('Comments are not allowed in JSON.');
    case 'UnexpectedEndOfString':
      return l10n.t('The string is not closed with a quotation mark.');
    case 'UnexpectedEndOfNumber':
      return l10n.t('The number is incomplete.');
    case 'InvalidUnicode':
      return l10n.t('{0} must be followed by four hexadecimal digits.', '\\u');
    case 'InvalidEscapeCharacter':
      return l10n.t('Invalid escape sequence. Use {0} for a backslash.', '\\\\');
    case 'InvalidCharacter':
      return l10n.t('Invalid control character. Use an escape sequence such as {0} or {1}.', '\\n', '\\t');
    default:
      return notJson();
  }
}

const notJson = () => l10n.t('This is not valid JSON.');
const outsideString = () => l10n.t('In JSON, placeholders must be in quotation marks: {0}.', '"{{ … }}"');

/**
 * All strings of a JSON text, in order.
 *
 * @throws TemplateError for the first error
 */
export function jsonStrings(text: string): JsonString[] {
  const strings: JsonString[] = [];
  let first: { code: string; offset: number; length: number } | undefined;
  try {
    visit(
      text,
      {
        onObjectProperty: (_name, offset, length) => void strings.push({ kind: 'key', offset, length }),
        onLiteralValue: (value, offset, length) => {
          if (typeof value === 'string') strings.push({ kind: 'value', offset, length });
        },
        onError: (error, offset, length) => {
          first ??= { code: printParseErrorCode(error), offset, length };
        },
      },
      { disallowComments: true, allowTrailingComma: false },
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw problem(l10n.t('The JSON text is nested too deeply.'), 0, text.length);
  }
  if (first !== undefined) {
    const { code, offset, length } = first;
    const braces = [offset, offset - 1].find((at) => at >= 0 && text.startsWith('{{', at));
    if (braces !== undefined) throw problem(outsideString(), braces, 2);
    // For an unclosed comment the parser reports a length beyond the end of the text.
    const start = Math.min(offset, text.length);
    throw problem(parseProblem(code), start, Math.min(length, text.length - start));
  }
  try {
    // The parser accepts some texts that are not valid JSON.
    JSON.parse(text);
  } catch {
    throw problem(notJson(), 0, text.length);
  }
  return strings;
}

function problem(message: string, offset: number, length: number): TemplateError {
  return new TemplateError({ message, offset, length });
}

/** The value of a JSON string, and the offset of each of its characters (and its end) in the JSON text. */
export function decodeJsonString(text: string, string: JsonString): { value: string; offsets: number[] } {
  const end = string.offset + string.length - 1;
  const offsets: number[] = [];
  let index = string.offset + 1;
  while (index < end) {
    offsets.push(index);
    if (text[index] !== '\\') index++;
    else index += text[index + 1] === 'u' ? 6 : 2;
  }
  offsets.push(end);
  return { value: JSON.parse(text.slice(string.offset, end + 1)) as string, offsets };
}
