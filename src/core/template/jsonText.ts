import { printParseErrorCode, visit } from 'jsonc-parser';
import { TemplateError } from './templateError';

/** A string of a JSON text; the offset is that of its opening quotation mark. */
export interface JsonString {
  readonly kind: 'key' | 'value';
  readonly offset: number;
  readonly length: number;
}

const sentences: Record<string, string> = {
  InvalidSymbol: 'This is not JSON: names and texts need double quotation marks.',
  InvalidNumberFormat: 'This is not a number.',
  PropertyNameExpected: 'A property name in quotation marks is missing here.',
  ValueExpected: 'A value is missing here.',
  ColonExpected: 'A colon is missing here.',
  CommaExpected: 'A comma is missing here.',
  CloseBraceExpected: 'A closing brace } is missing here.',
  CloseBracketExpected: 'A closing bracket ] is missing here.',
  EndOfFileExpected: 'The JSON already ended before this.',
  InvalidCommentToken: 'JSON has no comments.',
  UnexpectedEndOfComment: 'JSON has no comments.',
  UnexpectedEndOfString: 'This text is not closed with a quotation mark.',
  UnexpectedEndOfNumber: 'This number is not complete.',
  InvalidUnicode: 'Four hexadecimal digits have to follow \\u.',
  InvalidEscapeCharacter: 'This text has a backslash that JSON does not know; a plain backslash is \\\\.',
  InvalidCharacter:
    'This text has a control character, which JSON writes with a backslash, such as \\n or \\t.',
};
const notJson = 'This is not valid JSON.';
const outsideString = 'In JSON a placeholder stands in quotation marks: "{{ … }}".';

/**
 * All strings of a JSON text, in order.
 *
 * @throws TemplateError with the first thing that is wrong
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
    throw problem('This JSON is nested too deeply.', 0, text.length);
  }
  if (first !== undefined) {
    const { code, offset, length } = first;
    const braces = [offset, offset - 1].find((at) => at >= 0 && text.startsWith('{{', at));
    if (braces !== undefined) throw problem(outsideString, braces, 2);
    // The parser takes a comment without an end for longer than the text.
    const start = Math.min(offset, text.length);
    throw problem(sentences[code] ?? notJson, start, Math.min(length, text.length - start));
  }
  try {
    // The parser for comments is more tolerant than JSON in a few corners.
    JSON.parse(text);
  } catch {
    throw problem(notJson, 0, text.length);
  }
  return strings;
}

function problem(message: string, offset: number, length: number): TemplateError {
  return new TemplateError({ message, offset, length });
}

/** What a valid JSON string says, and where each of its characters (and its end) stands in the JSON text. */
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
