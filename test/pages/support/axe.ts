import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The script of axe, which the test runs in the page, since the policy of the page does not allow loading it. */
export const axeSource = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
