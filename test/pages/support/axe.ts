import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The script of axe, which is run in the page by the test: the page's policy would not load it. */
export const axeSource = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
