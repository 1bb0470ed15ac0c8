// `npm run test:workbench [-- --vsix FILE] [--only in-host|story] [--floor]`: tests of the packaged extension in a real
// VS Code. In-host tests run in its extension host, stories use its window.
// `npm run test:story [-- NAME…] [--profile] [--pictures]`: stories whose file names contain one of the names, where they
// spend their time, and screenshots of their steps.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEnvironment } from './environment.mjs';
import { Failure, main, seconds } from './processes.mjs';
import { resultsFolder, root, vsixFile } from './paths.mjs';
import { count, keep, show } from './results.mjs';
import { releases } from './serverInstall.mjs';
import { temporaryFolder } from './vscodeServer.mjs';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    vsix: { type: 'string' },
    only: { type: 'string' },
    floor: { type: 'boolean' },
    profile: { type: 'boolean' },
    pictures: { type: 'boolean' },
    // `npm test` has already packaged it.
    'no-build': { type: 'boolean' },
  },
});

main(async () => {
  await ensureEnvironment({ browser: true, mosquitto: true, server: true });
  // `npm test` has removed all of them, and its other suites are writing theirs.
  if (!process.env.IOT_HUB_WORKBENCH_PREPARED) {
    for (const old of ['workbench.json', 'workbench.xml', 'screenshots']) {
      rmSync(path.join(resultsFolder, old), { recursive: true, force: true });
    }
  }
  const vsix = await packaged();
  const release = options.floor ? releases.floor : releases.current;
  const results = [];
  const problems = [];
  const suites = options.floor
    ? ['in-host']
    : ['in-host', 'story'].filter((name) => (options.only ?? name) === name);
  for (const name of suites) {
    const started = Date.now();
    console.log(`${name} tests, VS Code ${release.vscode}`);
    const found = name === 'story' ? await runStories(vsix) : await runInHost(vsix, release);
    if (!found.results.length && !found.problem) found.problem = `No ${name} test ran.`;
    if (found.problem) problems.push(found.problem);
    results.push(...found.results);
    console.log(`  ${found.results.length} in ${seconds(started)}`);
  }
  for (const problem of problems) results.push({ suite: '', title: problem, state: 'failed', ms: 0 });
  keep('workbench', results);
  const { passed, failed, skipped } = count(results);
  // Repeated at the end, where it is visible after a long run.
  for (const result of results.filter(({ state }) => state === 'failed')) show(result);
  if (failed) console.log(`Screenshots and logs are in ${path.relative(process.cwd(), resultsFolder)}.`);
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed || !passed ? 1 : 0;
});

async function packaged() {
  if (options.vsix) {
    if (!existsSync(options.vsix)) throw new Failure(`File not found: ${options.vsix}.`);
    return path.resolve(options.vsix);
  }
  const { packageExtension, packageUpToDate } = await import('./package.mjs');
  if (options['no-build'] && existsSync(vsixFile())) return vsixFile();
  return packageUpToDate() ? vsixFile() : packageExtension();
}

async function runInHost(vsix, release) {
  const { runInHostOnServer } = await import('./inHostSuite.mjs');
  const found = await runInHostOnServer({ vsix, release });
  found.results.forEach(show);
  return found;
}

/**
 * Stories run in two lanes, since a window leaves almost half of the time of two processors. A lane is a process whose
 * windows share a browser and a server; it takes the next file that no lane has taken.
 */
async function runStories(vsix) {
  const stories = storyFiles();
  if (!stories.length) return { results: [] };
  process.env.IOT_HUB_WORKBENCH_VSIX = vsix;
  if (options.pictures) process.env.IOT_HUB_WORKBENCH_PICTURES = 'on';
  if (options.profile) process.env.IOT_HUB_WORKBENCH_PROFILE = 'on';
  const queue = temporaryFolder('stories');
  process.env.IOT_HUB_WORKBENCH_STORIES = JSON.stringify({ files: stories, queue: queue.folder });
  const lanes = Math.min(2, os.availableParallelism(), stories.length);
  const results = await Promise.all(Array.from({ length: lanes }, runLane));
  queue.remove();
  return { results: results.flat() };
}

async function runLane() {
  const { run } = await import('node:test');
  const files = [path.join(root, 'test/host/stories.mjs')];
  const stop = new AbortController();
  process.on('exit', () => stop.abort());
  const results = [];
  const open = [];
  for await (const { type, data } of run({ files, timeout: 1_800_000, signal: stop.signal })) {
    if (type === 'test:stdout' || type === 'test:stderr') process.stdout.write(data.message);
    if (type === 'test:start') {
      open.length = data.nesting;
      open[data.nesting] = data.name;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const result = asResult(data, type === 'test:pass', open.slice(0, data.nesting), files);
    if (!result) continue;
    results.push(result);
    show(result);
  }
  return results;
}

/** Stories that take a minute; they start first, so that all lanes end at about the same time. */
const longest = ['localization', 'certificates', 'createHub', 'eventsView', 'azureAccount', 'cleanUp'];
const isLong = (file) => longest.includes(path.basename(file, '.test.mjs'));

function storyFiles() {
  const folder = path.join(root, 'test/workbench/story');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .filter((name) => names.length === 0 || names.some((wanted) => name.includes(wanted)))
    .sort((one, other) => isLong(other) - isLong(one) || one.localeCompare(other))
    .map((name) => path.join(folder, name));
}

function asResult(data, passed, parents, files) {
  const isFile = files.includes(data.name) || files.includes(path.resolve(data.name));
  // A suite (or a file) has a result only if it failed itself, for example in a hook.
  const own = data.details.error?.failureType !== 'subtestsFailed';
  if ((isFile || data.details.type === 'suite') && (passed || !own)) return undefined;
  const suite = parents.filter((name) => !files.includes(name)).join(' › ');
  const state = data.skip !== undefined || data.todo !== undefined ? 'skipped' : passed ? 'passed' : 'failed';
  const error = passed ? undefined : reason(data.details.error);
  return {
    suite,
    title: isFile ? path.basename(data.name) : data.name,
    state,
    ms: data.details.duration_ms,
    error,
  };
}

function reason(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? String(cause);
}
