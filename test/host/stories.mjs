// Runs story files in this process, one of the lanes that `workbench.mjs` starts: those that no other lane has taken.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeStories } from './storyWindows.mjs';

const { files, queue } = JSON.parse(process.env.IOT_HUB_WORKBENCH_STORIES);
for (const file of files) {
  if (!take(file)) continue;
  await import(pathToFileURL(file));
  // Suites run in order of definition, so this one ends after those of the file.
  await new Promise((resolve) => void describe('The end of a file', () => after(resolve)));
}
// A root-level `after` hook would only run when the process is idle, and the open browser keeps it busy.
describe('The end', () => after(closeStories));

/** Creating a folder succeeds in one process only. */
function take(file) {
  try {
    mkdirSync(path.join(queue, path.basename(file)));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
