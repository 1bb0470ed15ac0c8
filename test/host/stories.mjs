// Runs story files in this process; `workbench.mjs` starts it with their names.
import { after, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeStories } from './storyWindows.mjs';

for (const file of JSON.parse(process.env.IOT_HUB_WORKBENCH_STORIES)) await import(pathToFileURL(file));
// Suites run in order of definition. A root-level `after` hook would only run when the process is idle, and the open
// browser keeps it busy.
describe('The end', () => after(closeStories));
