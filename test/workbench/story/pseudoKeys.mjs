// A keybinding for each command, which is faster than the palette.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../host/paths.mjs';

const read = (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const { commands } = read('package.json').contributes;
const titles = read('package.nls.json');

const modifiers = ['Control+Alt+Shift', 'Control+Alt', 'Alt+Shift'];
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const functionKeys = Array.from({ length: 8 }, (_, at) => `F${at + 1}`);
const keys = modifiers.flatMap((held) => [...letters, ...functionKeys].map((key) => `${held}+${key}`));

if (keys.length < commands.length) throw new Error(`${commands.length} commands have ${keys.length} keys.`);

/** User keybindings for VS Code. */
export const keybindings = commands.map(({ command }, at) => ({
  key: keys[at].toLowerCase().replace('control', 'ctrl'),
  command,
}));

/** The key of a command, in the browser's notation. @param {string} title in English */
export function keyOf(title) {
  const at = commands.findIndex((command) => titles[command.title.slice(1, -1)] === title);
  if (at < 0) throw new Error(`No command has the title "${title}".`);
  return keys[at];
}
