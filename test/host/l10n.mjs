// `npm run l10n`: writes l10n/bundle.l10n.json, the English texts of `l10n.t` in the sources.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { main } from './processes.mjs';
import { root } from './paths.mjs';

const folder = path.join(root, 'l10n');

/** The local hub is not localized, as Azure IoT Hub is not. */
const isLocalized = (name) =>
  name.endsWith('.ts') && !name.startsWith('localHub') && !name.startsWith('sqlite');

/** @returns {Promise<Record<string, string | { message: string, comment: string[] }>>} texts by key, sorted */
export async function exportTexts() {
  const src = path.join(root, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(isLocalized).sort();
  const texts = await getL10nJson(
    files.map((name) => ({ extension: '.ts', contents: readFileSync(path.join(src, name), 'utf8') })),
  );
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isStartedDirectly = process.argv[1] === import.meta.filename;
if (isStartedDirectly) {
  main(async () => {
    const texts = await exportTexts();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'bundle.l10n.json'), `${JSON.stringify(texts, null, 2)}\n`);
    console.log(`${Object.keys(texts).length} texts`);
  });
}
