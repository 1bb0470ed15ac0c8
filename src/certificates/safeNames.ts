/** Names that Windows reserves, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const maxLength = 60;

/** A readable name for a file or folder that is valid on any system. */
export function safeName(text: string, fallback: string): string {
  const plain = [...text.normalize('NFC').replace(/[^\p{L}\p{N}._ -]/gu, '_')]
    .slice(0, maxLength)
    .join('')
    // Windows drops dots and spaces at the end; a dot at the start hides the file elsewhere.
    .replace(/^[. ]+|(?<![. ])[. ]+$/g, '');
  if (plain === '') return fallback;
  return reserved.test(plain) ? `_${plain}` : plain;
}

/** `name`, `name-2`, `name-3`…: names that are free, ignoring case, because Windows and macOS do. */
export function* candidates(name: string, taken: Iterable<string> = []): Generator<string> {
  const lower = new Set([...taken].map((other) => other.toLowerCase()));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!lower.has(candidate.toLowerCase())) yield candidate;
  }
}
