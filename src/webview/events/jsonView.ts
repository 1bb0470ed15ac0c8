import { html, type TemplateResult } from 'lit';

const token =
  /("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))(\s*:)?|(-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|\b(true|false|null)\b/g;
/** Longer texts are not colored, because that takes too long. */
const maxColored = 40_000;

/** JSON in the colors of the theme. */
export function jsonView(text: string): TemplateResult {
  if (text.length > maxColored) return html`${text}`;
  const parts: (string | TemplateResult)[] = [];
  let last = 0;
  for (const match of text.matchAll(token)) {
    const [whole, quoted, colon, number] = match;
    parts.push(text.slice(last, match.index));
    const kind =
      quoted === undefined
        ? number === undefined
          ? 'word'
          : 'number'
        : colon === undefined
          ? 'string'
          : 'name';
    parts.push(html`<span class="json-${kind}">${whole}</span>`);
    last = match.index + whole.length;
  }
  parts.push(text.slice(last));
  return html`${parts}`;
}
