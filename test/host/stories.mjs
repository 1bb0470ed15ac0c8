// Runs story files in this process: `workbench.mjs` starts it and says which.
import { after, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeStories } from './storyWindows.mjs';

for (const file of JSON.parse(process.env.IOT_HUB_WORKBENCH_STORIES)) await import(pathToFileURL(file));
// Suites run in the order in which they were made. A hook of all of them would wait until the process has nothing
// else to do, and it has a browser.
describe('The end', () => after(closeStories));
