// VS Code writes every output channel to a log file immediately, even if the channel is not shown.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Output channels of extensions (or only those with this name), in the order in which they were last written. */
export function channelFiles(logsFolder, wanted) {
  let files;
  try {
    files = readdirSync(logsFolder, { recursive: true });
  } catch {
    return [];
  }
  return files
    .filter((file) => /[\\/]exthost\d*[\\/].+\.log$/.test(file))
    .map((file) => ({ file: path.join(logsFolder, file), name: channelName(file) }))
    .filter(({ name }) => wanted === undefined || name === wanted)
    .map(({ file, name }) => ({ file, name, time: statSync(file).mtimeMs }))
    .sort((a, b) => a.time - b.time)
    .map(({ file, name }) => ({ file, name, text: readFileSync(file, 'utf8') }));
}

/** Plain channels are numbered: `3-Name.log`; a long one continues in `Name.1.log`. */
const channelName = (file) =>
  path
    .basename(file)
    .replace(/^\d+-/, '')
    .replace(/(\.\d+)?\.log$/, '');

/**
 * The text of a channel, across all windows of these logs.
 * @param {Map<string, number>} [earlier] lengths of the beginnings of files that are left out
 */
export function channelText(logsFolder, channel, earlier) {
  // VS Code removes characters from the name that are not allowed in file names.
  const name = channel.replace(/[\\/:*?"<>|]/g, '');
  return channelFiles(logsFolder, name)
    .map(({ file, text }) => text.slice(earlier?.get(file)))
    .join('');
}

/** The first message with a temperature: a line with time and origin, and the indented payload. */
export function firstMessage(text) {
  return /^\d{4}-\d\d-\d\dT\S+ \S.*\n(?: {2}.*\n)*? {2}.*temperature(?:.*\n {2})*.*\n/m
    .exec(text)?.[0]
    .trimEnd();
}
