// `npm test`: all checks and tests, also on a new machine. Stops after the first stages that fail and prints the time of
// each stage. The last line is `N passed, N failed`, over all runners.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { ensureDependencies, ensureEnvironment } from './environment.mjs';
import { Failure, main, run, seconds } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';
import { kept } from './results.mjs';

const env = { ...process.env, CI: 'true', FORCE_COLOR: '0' };
const npm = (args, options) => run('npm', ['run', '--silent', ...args], { cwd: root, env, ...options });
/** Results of the stages, in the order in which they started. */
const stages = [];

/** Runs a stage and records its time and test counts, even if it fails. */
async function stage(title, work, counted) {
  const started = Date.now();
  const row = { title, time: '', outcome: 'failed', counts: {} };
  stages.push(row);
  console.log(`\n== ${title}`);
  try {
    await work();
    row.outcome = 'done';
  } finally {
    row.time = seconds(started);
    row.counts = counted?.() ?? {};
    console.log(`== ${title}: ${row.outcome} after ${row.time}`);
  }
}

/** Totals of all stages. */
function totals() {
  const sum = (name) => stages.reduce((all, { counts }) => all + (counts[name] ?? 0), 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

function showTable() {
  const wide = Math.max(...stages.map(({ title }) => title.length));
  console.log();
  for (const { title, time, outcome, counts } of stages) {
    const tests = counts.passed === undefined ? '' : `  ${counts.passed} passed, ${counts.failed} failed`;
    console.log(`${title.padEnd(wide)}  ${time.padStart(12)}  ${outcome}${tests}`);
  }
}

/** Waits for all, even if one fails, so that no stage overlaps with the next. */
async function all(...works) {
  const reasons = (await Promise.allSettled(works)).flatMap((work) => work.reason ?? []);
  const unexpected = reasons.find((reason) => !(reason instanceof Failure));
  if (unexpected) throw unexpected;
  if (reasons.length) throw new Failure(reasons.map(({ message }) => message).join('\n'));
}

/** Work that only computes: it gets the time that other work leaves and a tenth of the rest, and prints only failures. */
const background = (name) => ({
  priority: constants.priority.PRIORITY_BELOW_NORMAL,
  log: path.join(resultsFolder, 'logs', `${name}.log`),
  lastLines: 200,
});

/** Runs projects of vitest. @param {string} name of the file with the results, in test-results */
function vitest(title, name, projects, options) {
  const file = path.join(resultsFolder, `${name}.json`);
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['test:unit', '--', ...projects.map((project) => `--project=${project}`), ...report];
  return stage(
    title,
    () => npm(args, options),
    () => vitestCounts(file),
  );
}

/** Counts from vitest, in the format of the other runners. */
function vitestCounts(file) {
  if (!existsSync(file)) return {};
  const found = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: found.numPassedTests,
    failed: found.numFailedTests,
    skipped: found.numPendingTests + found.numTodoTests,
  };
}

/** Tests that wait for network connections or for a window; the latter do not run if the former fail. */
async function inForeground() {
  await vitest('local hub tests', 'localHub', ['localHub*']);
  await stage(
    'tests in VS Code',
    () => npm(['test:workbench', '--', '--no-build']),
    () => kept('workbench'),
  );
}

/** Both run, even if the tests fail. */
async function inBackground() {
  const tests = vitest('unit, page and architecture tests', 'unit', ['unit*', 'pages'], background('unit'));
  const lint = () => run(process.execPath, ['test/host/lint.mjs'], { cwd: root, env, ...background('lint') });
  await all(
    tests,
    tests.catch(() => undefined).then(() => stage('lint', lint)),
  );
}

main(async () => {
  const started = Date.now();
  rmSync(resultsFolder, { recursive: true, force: true });
  let problem;
  try {
    await stage('npm packages', () => ensureDependencies());
    // Download, installation and bundling run together: the first needs the network, the last the processor.
    await all(
      stage('environment', () =>
        ensureEnvironment({ browser: true, mosquitto: true, server: true, npmFolders: true }),
      ),
      stage('build and package', async () => {
        const { packageExtension } = await import('./package.mjs');
        await packageExtension();
      }),
    );
    // Everything the stages below need is installed, and dist is built from these sources.
    Object.assign(env, { IOT_HUB_WORKBENCH_PREPARED: '1', IOT_HUB_WORKBENCH_DIST: path.join(root, 'dist') });
    // The work in the foreground leaves more than a third of the time of two processors.
    await all(inForeground(), inBackground());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problem = error;
  }
  showTable();
  console.log(`\nTotal time: ${seconds(started)}.`);
  const { passed, failed, skipped } = totals();
  if (skipped) console.log(`${skipped} skipped.`);
  if (problem) console.error(problem.message);
  console.log(`${passed} passed, ${failed} failed`);
  return problem || failed || !passed ? 1 : 0;
});
