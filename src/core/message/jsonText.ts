/** Deeper JSON is shown as it is: its indentation would be longer than its values. */
const maxDepth = 100;

/** How much longer than the text its indented form may be. */
const maxGrowth = 6;
const minLength = 64 * 1024;

/**
 * Indents JSON without changing a token: numbers keep all digits, and duplicate names stay visible. `undefined` if it is
 * nested too deeply or becomes too long. @param text valid JSON
 */
export function indentJson(text: string): string | undefined {
  const maxLength = Math.max(minLength, text.length * maxGrowth);
  const parts: string[] = [];
  let length = 0;
  let depth = 0;
  let before = '';
  for (let at = 0; at < text.length;) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end);
    at = end;
    if (/^\s/.test(token)) continue;
    if (isClosing(token) && depth > 0) depth--;
    if (depth > maxDepth || length > maxLength) return undefined;
    const isNewLine =
      before === ',' || (isOpening(before) && !isClosing(token)) || (isClosing(token) && !isOpening(before));
    const piece = `${isNewLine ? `\n${'  '.repeat(depth)}` : ''}${token === ':' ? ': ' : token}`;
    if (isOpening(token)) depth++;
    parts.push(piece);
    length += piece.length;
    before = token;
  }
  return parts.join('');
}

const isOpening = (token: string) => token === '{' || token === '[';
const isClosing = (token: string) => token === '}' || token === ']';

/** The end of the token, or of the white space, at a position. */
function endOfToken(text: string, at: number): number {
  const first = text.charAt(at);
  if ('{}[],:'.includes(first)) return at + 1;
  if (first === '"') return endOfString(text, at);
  const isSpace = isWhite(first);
  let end = at + 1;
  while (end < text.length && isWhite(text.charAt(end)) === isSpace && !'{}[],:"'.includes(text.charAt(end)))
    end++;
  return end;
}

const isWhite = (character: string) => /\s/.test(character);

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
  }
  return text.length;
}

/** Where the object or list that a text starts with is closed. It is not checked otherwise. */
export function endOfJson(text: string): number | undefined {
  let at = text.length - text.trimStart().length;
  if (!isOpening(text.charAt(at))) return undefined;
  for (let depth = 0; at < text.length;) {
    const character = text.charAt(at);
    at = character === '"' ? endOfString(text, at) : at + 1;
    if (isOpening(character)) depth++;
    else if (isClosing(character) && --depth === 0) return at;
  }
  return undefined;
}
