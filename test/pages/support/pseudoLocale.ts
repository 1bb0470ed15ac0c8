// The texts of the sources in the pseudo-locale.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../host/paths.mjs';
import { marked } from '../../host/pseudoLocale.mjs';

/** Translations into the pseudo-locale, by the English text. */
export function pseudoTranslations(): Readonly<Record<string, string>> {
  // test/architecture/l10n checks that it has the texts of the sources.
  const file = path.join(root, 'l10n/bundle.l10n.json');
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | { message: string }>;
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, marked(typeof text === 'string' ? text : text.message)]),
  );
}
