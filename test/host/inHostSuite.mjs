// The suite that runs in VS Code's extension host. Only the launcher differs between the server and desktop VS Code: both
// get a helper extension in a temporary folder, and the extension under test from its VSIX.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { openBrowser } from './browser.mjs';
import { main, sleep } from './processes.mjs';
import { resultsFolder, root } from './paths.mjs';
import { startServer, temporaryFolder } from './vscodeServer.mjs';

const testFolder = path.join(root, 'test/workbench/inHost');

/**
 * Bundles `test/workbench/inHost/*.test.ts` into a helper extension.
 * @param {string[]} [files] other test files
 * @param {{ folder: string, remove: () => void }} [place]
 * @returns {Promise<{ folder: string, entry: string, results: () => object[] | undefined, remove: () => void }>}
 */
export async function buildInHostSuite(files = testFiles(), place = temporaryFolder('in-host')) {
  const { folder, remove } = place;
  const resultsFile = path.join(folder, 'results.json');
  const out = path.join(folder, 'tests');
  await build({
    entryPoints: files,
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const helper = {
    name: 'in-host-tests',
    publisher: 'iot-hub-workbench-tests',
    version: '0.0.0',
    engines: { vscode: '*' },
    activationEvents: [],
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(helper));
  writeFileSync(
    path.join(folder, 'suite.json'),
    JSON.stringify({
      mocha: createRequire(import.meta.url).resolve('mocha'),
      files: readdirSync(out)
        .sort()
        .map((file) => path.join(out, file)),
      results: resultsFile,
    }),
  );
  const entry = path.join(folder, 'run.cjs');
  cpSync(path.join(root, 'test/host/inHost/run.cjs'), entry);
  const results = () => (existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : undefined);
  return { folder, entry, results, remove };
}

function testFiles() {
  if (!existsSync(testFolder)) return [];
  return readdirSync(testFolder)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => path.join(testFolder, name));
}

/** Environment of the tests: the project folder, where their fixtures are. */
export const inHostEnvironment = () => ({ IOT_HUB_WORKBENCH_ROOT: root });

/**
 * Runs the suite in the extension host of VS Code's server.
 * @param {object} options
 * @param {string} options.vsix
 * @param {object} [options.release] one of `releases`
 * @param {string} [options.label]
 * @param {string[]} [options.files]
 * @param {number} [options.timeout] ms for the whole suite
 * @returns {Promise<{ results: object[], problem?: string }>} `problem`: why the suite did not finish
 */
export async function runInHostOnServer({ vsix, release, label = 'in-host', files, timeout = 300_000 }) {
  const suite = await buildInHostSuite(files);
  const server = await startServer({
    label,
    vsix: [vsix],
    env: inHostEnvironment(),
    testDriver: true,
    release,
  });
  let browser;
  try {
    browser = await openBrowser();
    const page = await browser.context.newPage();
    const log = [];
    let exited;
    const exit = new Promise((resolve) => (exited = resolve));
    await page.exposeFunction(
      'codeAutomationLog',
      (type, words) => void log.push(`${type} ${words.join(' ')}`),
    );
    await page.exposeFunction('codeAutomationExit', (code) => exited(code));
    const remote = `vscode-remote://127.0.0.1:${server.port}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote + suite.folder],
      ['extensionTestsPath', remote + suite.entry],
      ['skipWelcome', 'true'],
    ]);
    await page.goto(
      `${server.url}/?folder=${encodeURIComponent(server.workspace)}&payload=${encodeURIComponent(payload)}`,
    );
    const code = await Promise.race([exit, sleep(timeout).then(() => undefined)]);
    mkdirSync(path.join(resultsFolder, 'logs', label), { recursive: true });
    writeFileSync(path.join(resultsFolder, 'logs', label, 'console.log'), log.join('\n'));
    const results = suite.results();
    let problem;
    if (code === undefined) problem = `The extension host did not end within ${timeout / 1000} s.`;
    else if (!results)
      problem = `The extension host exited with code ${code} before Mocha ran: ${log.slice(-5).join('; ')}`;
    if (problem) {
      const screenshot = path.join(resultsFolder, 'screenshots', `${label}-problem.png`);
      mkdirSync(path.dirname(screenshot), { recursive: true });
      await page.screenshot({ path: screenshot });
    }
    return { results: results ?? [], problem };
  } finally {
    await browser?.close();
    await server.stop();
    suite.remove();
  }
}

// `npm run build:in-host`: builds into the folder that the launch configuration "Extension Tests" runs.
if (process.argv[1] === import.meta.filename) {
  main(async () => {
    const folder = path.join(root, '.cache/in-host');
    const remove = () => rmSync(folder, { recursive: true, force: true });
    remove();
    mkdirSync(folder, { recursive: true });
    await buildInHostSuite(testFiles(), { folder, remove });
  });
}
