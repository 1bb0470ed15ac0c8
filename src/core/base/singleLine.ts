/**
 * Characters that could forge a line, change how the text around them is shown, or are not shown at all: controls, line
 * and paragraph separators, marks of direction, lone surrogates, and characters without a glyph. Emoji and some scripts
 * need joiners and variation selectors, ASCII does not.
 */
const hidden =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]|(?!\p{Join_Control}|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}|(?<!\P{ASCII})(?:\p{Join_Control}|\p{Variation_Selector})/gu;

const escaped = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
};

const escapeUnlessTab = (character: string): string => (character === '\t' ? character : escaped(character));

/*
 * Text from devices, hubs, files and accounts is made safe by one function for each kind of surface. Of the surfaces of
 * VS Code the modules in `workbench` call them: quickInputs, notifications, statusTexts and progress.
 */

/** For logs, output channels, tables and the tree: one line that cannot look like several. */
export const singleLine = (text: string): string => text.replace(hidden, escapeUnlessTab);

/** The lines of a text that may have several, each of them safe to show. The caller indents those after the first. */
export const safeLines = (text: string): string[] => text.split(/\r\n|\r|\n/).map(singleLine);

/** For tooltips and dialogs, which may have several lines. */
export const safeText = (text: string): string => safeLines(text).join('\n');

/** Links, also to commands, which VS Code creates in notifications, prompts and hovers. */
const linkStart = /\](?=\()/g;

/** For notifications and prompts, in which `[text](command:…)` would become a link. */
export const messageText = (text: string): string => safeText(text).replace(linkStart, '] ');

/** For quick picks and the status bar, in which `$(name)` would become an icon too. */
export const labelText = (text: string): string =>
  singleLine(text)
    .replace(linkStart, '] ')
    .replace(/\$(?=\()/g, '\\$');

/** A label with an icon before it. @param icon name of a codicon */
// eslint-disable-next-line no-restricted-syntax -- the only place that makes one
export const iconLabel = (icon: string, text: string): string => `$(${icon}) ${labelText(text)}`;

/** Parts of a text; every second one is a character that is hidden, or not a tab or line break. */
export const splitHidden = (text: string): string[] => {
  const parts: string[] = [];
  let end = 0;
  for (const { index, 0: character } of text.matchAll(hidden)) {
    parts.push(text.slice(end, index), character);
    end = index + character.length;
  }
  return [...parts, text.slice(end)];
};
