// VS Code writes every output channel into a file among its logs, at once and also when it is not shown.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** All output channels of extensions (or those of this name), in the order in which they were last written. */
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
    .map(({ file, name }) => ({ name, text: readFileSync(file, 'utf8') }));
}

/** Plain channels are numbered: `3-Name.log`; a long one goes on in `Name.1.log`. */
const channelName = (file) =>
  path
    .basename(file)
    .replace(/^\d+-/, '')
    .replace(/(\.\d+)?\.log$/, '');

/** The text of one channel, over all windows of these logs. */
export function channelText(logsFolder, channel) {
  // VS Code takes out of the name what a file name may not have.
  const name = channel.replace(/[\\/:*?"<>|]/g, '');
  return channelFiles(logsFolder, name)
    .map(({ text }) => text)
    .join('');
}

/** The first message with a temperature: a line with its time and origin, and its indented payload. */
export function firstMessage(text) {
  return /^\d{4}-\d\d-\d\dT\S+ \S.*\n(?: {2}.*\n)*? {2}.*temperature(?:.*\n {2})*.*\n/m
    .exec(text)?.[0]
    .trimEnd();
}
