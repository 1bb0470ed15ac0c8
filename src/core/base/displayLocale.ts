const holder = globalThis as { [locale]?: string };
/** Each late-loaded part and each thread has its own modules, so the parts of a thread share the global object. */
const locale = Symbol.for('iotHubWorkbench.displayLocale');
const defaultLocale = 'en-US';

/** The locale in which numbers and dates are shown. English until it is set. */
export const displayLocale = (): string => holder[locale] ?? defaultLocale;

/** @param tag the display language of VS Code; English if it is not a valid language tag */
export function setDisplayLocale(tag: string): void {
  holder[locale] = isLanguageTag(tag) ? tag : defaultLocale;
}

/** A formatter that is made on first use, and again after the display locale changed. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  let made: { readonly locale: string; readonly formatter: T } | undefined;
  return () => {
    const wanted = displayLocale();
    if (made?.locale !== wanted) made = { locale: wanted, formatter: make(wanted) };
    return made.formatter;
  };
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
