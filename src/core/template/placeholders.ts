import * as l10n from '@vscode/l10n';

/** A part of a template; offsets refer to the text that was split. */
export type TemplatePart =
  | { readonly kind: 'literal'; readonly start: number; readonly end: number }
  | {
      readonly kind: 'placeholder';
      readonly start: number;
      readonly end: number;
      readonly expression: string;
      readonly expressionStart: number;
    };

/** A placeholder that is not closed. */
export class OpenPlaceholder extends Error {
  override readonly name = 'OpenPlaceholder';

  constructor(readonly offset: number) {
    super(l10n.t('The placeholder is not closed with {0}.', '}}'));
  }
}

/**
 * Splits a text at its placeholders. `\{{` stands for literal braces.
 *
 * @throws OpenPlaceholder
 */
export function splitTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literalStart = 0;
  let from = 0;
  const literalUntil = (end: number): void => {
    if (end > literalStart) parts.push({ kind: 'literal', start: literalStart, end });
  };
  for (;;) {
    const start = text.indexOf('{{', from);
    if (start === -1) break;
    if (start > literalStart && text[start - 1] === '\\') {
      literalUntil(start - 1);
      literalStart = start;
      from = start + 2;
      continue;
    }
    literalUntil(start);
    const close = closingBraces(text, start + 2);
    if (close === undefined) throw new OpenPlaceholder(start);
    const inside = text.slice(start + 2, close);
    parts.push({
      kind: 'placeholder',
      start,
      end: close + 2,
      expression: inside.trim(),
      expressionStart: start + 2 + (inside.length - inside.trimStart().length),
    });
    literalStart = from = close + 2;
  }
  literalUntil(text.length);
  return parts;
}

/** The braces that close a placeholder, ignoring those in strings and maps of the expression. */
function closingBraces(text: string, from: number): number | undefined {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const character = text[index];
    if (character === '"' || character === "'") {
      const end = endOfString(text, index);
      if (end === undefined) return undefined;
      index = end;
    } else if (character === '{') {
      depth++;
    } else if (character === '}') {
      if (depth > 0) depth--;
      else if (text[index + 1] === '}') return index;
    }
  }
  return undefined;
}

/**
 * The index of the last character of a string, `'…'` or `"""…"""`. The library also skips escaped characters in raw
 * strings, so they need no special handling.
 */
function endOfString(text: string, start: number): number | undefined {
  const quote = text.charAt(start);
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let index = start + mark.length; index < text.length; index++) {
    if (text.startsWith(mark, index)) return index + mark.length - 1;
    if (text[index] === '\\') index++;
  }
  return undefined;
}
