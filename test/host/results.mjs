// Results of all test runners in one format: printed, and saved as JUnit and JSON in test-results.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from './paths.mjs';

/** @typedef {{ suite: string, title: string, state: 'passed' | 'failed' | 'skipped', ms: number, error?: string }} Result */

/** @param {Result} result */
export function show({ suite, title, state, ms, error }) {
  const mark = { passed: '✓', failed: '✗', skipped: '-' }[state];
  console.log(`  ${mark} ${suite ? `${suite} › ` : ''}${title} (${Math.round(ms)} ms)`);
  if (error) console.log(error.replace(/^/gm, '      '));
}

/** @param {Result[]} results */
export function count(results) {
  const of = (state) => results.filter((result) => result.state === state).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

/** Saves results as `test-results/NAME.json` and `NAME.xml`. @param {Result[]} results */
export function keep(name, results) {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(
    path.join(resultsFolder, `${name}.json`),
    JSON.stringify({ ...count(results), results }, null, 1),
  );
  const { failed, skipped } = count(results);
  const cases = results.map(({ suite, title, state, ms, error }) => {
    const inner = { passed: '', skipped: '<skipped/>', failed: `<failure>${xml(error ?? '')}</failure>` }[
      state
    ];
    return `  <testcase classname="${xml(suite)}" name="${xml(title)}" time="${(ms / 1000).toFixed(3)}">${inner}</testcase>`;
  });
  const head = `<testsuite name="${xml(name)}" tests="${results.length}" failures="${failed}" skipped="${skipped}">`;
  writeFileSync(path.join(resultsFolder, `${name}.xml`), [head, ...cases, '</testsuite>', ''].join('\n'));
}

/** The counts of a saved run, or undefined if there is none. */
export function kept(name) {
  const file = path.join(resultsFolder, `${name}.json`);
  if (!existsSync(file)) return undefined;
  const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed, failed, skipped };
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const xml = (text) =>
  text
    .replace(/[&<>"]/g, (character) => entities[character])
    // Colors and other control characters are not allowed in XML.
    .replace(/\u001b\[[0-9;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
