import * as l10n from '@vscode/l10n';
import { formatCount } from '../base/numbers';
import { type CompiledExpression, type Generators } from './generators';
import { decodeJsonString, jsonStrings } from './jsonText';
import { OpenPlaceholder, splitTemplate, type TemplatePart } from './placeholders';
import { ExpressionError, TemplateError, type TemplateMoment, type TemplateProblem } from './templateError';
import { toJson, toText } from './templateValue';

export { TemplateError, type TemplateMoment, type TemplateProblem } from './templateError';

/** A compiled placeholder; its position in the template includes the braces. */
interface Slot {
  readonly expression: string;
  readonly offset: number;
  readonly length: number;
  readonly compiled: CompiledExpression;
  readonly print: (value: unknown) => string;
}

const maxPlaceholders = 200;
const shownExpression = 60;

/**
 * The text of a message with expressions in `{{ … }}`, which are parsed once. Each template has separate random numbers
 * and state for each device.
 */
export class MessageTemplate {
  private constructor(
    private readonly pieces: readonly (string | Slot)[],
    private readonly generators: Generators,
  ) {}

  /**
   * A JSON text with placeholders in its strings. A string that consists of one placeholder is replaced by the value;
   * everything around the placeholders is kept unchanged.
   *
   * @throws TemplateError
   */
  static json(text: string, generators: Generators): MessageTemplate {
    const builder = new Builder(generators);
    let done = 0;
    for (const string of jsonStrings(text)) {
      const { value, offsets } = decodeJsonString(text, string);
      if (!value.includes('{{')) continue;
      const at = (index: number): number => offsets[index] ?? string.offset;
      const parts = split(value, at);
      const [only] = parts;
      if (string.kind === 'value' && parts.length === 1 && only?.kind === 'placeholder') {
        builder.literal(text.slice(done, string.offset));
        builder.placeholder(only, at, toJson);
      } else {
        builder.literal(text.slice(done, string.offset + 1));
        for (const part of parts) {
          if (part.kind === 'placeholder') builder.placeholder(part, at, toTextInJson);
          else builder.literal(text.slice(at(part.start), at(part.end)));
        }
        builder.literal('"');
      }
      done = string.offset + string.length;
    }
    builder.literal(text.slice(done));
    return new MessageTemplate(builder.pieces, generators);
  }

  /**
   * Any text with placeholders, which are replaced by their values as text.
   *
   * @throws TemplateError
   */
  static text(text: string, generators: Generators): MessageTemplate {
    const builder = new Builder(generators);
    const at = (index: number): number => index;
    for (const part of split(text, at)) {
      if (part.kind === 'placeholder') builder.placeholder(part, at, toText);
      else builder.literal(text.slice(part.start, part.end));
    }
    return new MessageTemplate(builder.pieces, generators);
  }

  /** Whether there are no placeholders, so that every message is the same. */
  get isConstant(): boolean {
    return this.pieces.every((piece) => typeof piece === 'string');
  }

  /** @throws TemplateError when an expression fails */
  render(moment: TemplateMoment): string {
    const at = this.generators.at(moment);
    let result = '';
    for (const piece of this.pieces) {
      if (typeof piece === 'string') {
        result += piece;
        continue;
      }
      try {
        result += piece.print(piece.compiled.evaluate(at));
      } catch (error) {
        throw new TemplateError(problemOf(piece.expression, error, piece), error);
      }
    }
    return result;
  }
}

type OffsetInTemplate = (index: number) => number;

class Builder {
  readonly pieces: (string | Slot)[] = [];
  private placeholders = 0;

  constructor(private readonly generators: Generators) {}

  literal(text: string): void {
    const last = this.pieces.length - 1;
    const before = this.pieces[last];
    if (typeof before === 'string') this.pieces[last] = before + text;
    else if (text !== '') this.pieces.push(text);
  }

  placeholder(
    part: TemplatePart & { readonly kind: 'placeholder' },
    at: OffsetInTemplate,
    print: Slot['print'],
  ): void {
    const { expression, expressionStart } = part;
    const offset = at(part.start);
    const length = at(part.end) - offset;
    if (++this.placeholders > maxPlaceholders) {
      throw new TemplateError({
        message: l10n.t('A template can have at most {0} placeholders.', formatCount(maxPlaceholders)),
        offset,
        length,
      });
    }
    try {
      const compiled = this.generators.compile(expression);
      this.pieces.push({ expression, offset, length, compiled, print });
    } catch (error) {
      const range = error instanceof ExpressionError ? error.range : undefined;
      const start = range === undefined ? offset : at(expressionStart + range.start);
      const end = range === undefined ? offset + length : at(expressionStart + range.end);
      throw new TemplateError(problemOf(expression, error, { offset: start, length: end - start }), error);
    }
  }
}

function split(text: string, at: OffsetInTemplate): TemplatePart[] {
  try {
    return splitTemplate(text);
  } catch (error) {
    if (!(error instanceof OpenPlaceholder)) throw error;
    const offset = at(error.offset);
    throw new TemplateError({ message: error.message, offset, length: at(error.offset + 2) - offset });
  }
}

function problemOf(
  expression: string,
  error: unknown,
  { offset, length }: Pick<TemplateProblem, 'offset' | 'length'>,
): TemplateProblem {
  const line = expression.replace(/\s+/g, ' ');
  const shown = line.length > shownExpression ? `${line.slice(0, shownExpression)}…` : line;
  const why = error instanceof Error ? error.message : String(error);
  return { message: `"{{ ${shown} }}": ${why}`, offset, length };
}

function toTextInJson(value: unknown): string {
  return JSON.stringify(toText(value)).slice(1, -1);
}
