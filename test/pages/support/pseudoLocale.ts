// The texts of the sources in the pseudo-locale.
import { exportTexts } from '../../host/l10n.mjs';
import { marked } from '../../host/pseudoLocale.mjs';

/** Translations into the pseudo-locale, by the English text. */
export async function pseudoTranslations(): Promise<Readonly<Record<string, string>>> {
  const texts = Object.entries(await exportTexts());
  return Object.fromEntries(
    texts.map(([key, text]) => [key, marked(typeof text === 'string' ? text : text.message)]),
  );
}
