// `npm test`: everything, on a fresh machine too. Stops at the first stage that fails.
// The last line is `N passed, N failed`, over all runners.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies, ensureEnvironment } from './environment.mjs';
import { Failure, main, run, seconds } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';
import { kept } from './results.mjs';

const unitResults = path.join(resultsFolder, 'unit.json');
const npm = (...args) => run('npm', ['run', '--silent', ...args], { cwd: root, env });
const env = { ...process.env, CI: 'true', FORCE_COLOR: '0' };
const totals = { passed: 0, failed: 0, skipped: 0 };

/** Runs one stage, says its time, and adds what it counted, also when it fails. */
async function stage(title, work, counted) {
  const started = Date.now();
  console.log(`\n== ${title}`);
  try {
    await work();
    console.log(`== ${title}: done in ${seconds(started)}`);
  } catch (error) {
    console.log(`== ${title}: failed after ${seconds(started)}`);
    throw error;
  } finally {
    for (const [name, number] of Object.entries(counted?.() ?? {})) totals[name] += number;
  }
}

/** Waits for all, also when one fails: nothing of a stage runs on in the next. */
async function all(...works) {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

/** What vitest counted, in the words of the others. */
function unitCounts() {
  if (!existsSync(unitResults)) return {};
  const found = JSON.parse(readFileSync(unitResults, 'utf8'));
  return {
    passed: found.numPassedTests,
    failed: found.numFailedTests,
    skipped: found.numPendingTests + found.numTodoTests,
  };
}

main(async () => {
  const started = Date.now();
  rmSync(resultsFolder, { recursive: true, force: true });
  let problem;
  try {
    await stage('npm packages', () => ensureDependencies());
    // What is loaded and installed leaves the processor to the linter.
    await stage('environment and lint', () =>
      all(ensureEnvironment({ browser: true, mosquitto: true, server: true }), npm('lint')),
    );
    await stage('build and package', () => npm('package'));
    const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitResults}`];
    await stage(
      'unit, local hub, page and architecture tests',
      () => npm('test:unit', '--', ...report),
      unitCounts,
    );
    await stage(
      'tests in VS Code',
      () => npm('test:workbench', '--', '--no-build'),
      () => kept('workbench'),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problem = error;
  }
  console.log(`\nAll of it took ${seconds(started)}.`);
  if (totals.skipped) console.log(`${totals.skipped} skipped.`);
  if (problem) console.error(problem.message);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return problem || totals.failed || !totals.passed ? 1 : 0;
});
