// `npm run test:desktop [-- --version 1.90.0]`: the in-host tests on desktop VS Code, with the packaged extension.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './environment.mjs';
import { Failure, main, onPath } from './processes.mjs';
import { vsixFile } from './paths.mjs';
import { count, keep, show } from './results.mjs';

const { values: options } = parseArgs({
  options: { version: { type: 'string', default: 'stable' }, vsix: { type: 'string' } },
});

main(async () => {
  await ensureDependencies();
  const desktop = await import('./desktopVsCode.mjs');
  const executable = await desktop.downloadDesktopVsCode(options.version);
  if (!desktop.hasDisplay) return underXvfb();
  const { packageExtension, packageUpToDate } = await import('./package.mjs');
  const vsix = options.vsix ?? (packageUpToDate() ? vsixFile() : await packageExtension());

  const { quietSettings, temporaryFolder } = await import('./vscodeServer.mjs');
  const { buildInHostSuite, inHostEnvironment } = await import('./inHostSuite.mjs');
  const { runTests } = await import('@vscode/test-electron');
  const { folder, remove } = temporaryFolder('desktop');
  const profile = desktop.profileArguments(folder);
  const workspace = path.join(folder, 'workspace');
  mkdirSync(path.join(folder, 'data/User'), { recursive: true });
  mkdirSync(workspace);
  writeFileSync(path.join(folder, 'data/User/settings.json'), JSON.stringify(quietSettings));
  await desktop.runDesktop(await desktop.commandLineOf(executable), [
    ...profile,
    '--install-extension',
    vsix,
    '--force',
  ]);

  const suite = await buildInHostSuite();
  let problem;
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: suite.folder,
      extensionTestsPath: suite.entry,
      extensionTestsEnv: inHostEnvironment(),
      launchArgs: [workspace, ...profile, '--disable-gpu', '--disable-updates', '--skip-welcome'],
    });
  } catch (error) {
    // Failed tests also end here; the results contain the details.
    problem = `Desktop VS Code ended with an error: ${error.message}`;
  }
  const results = suite.results() ?? [];
  results.forEach(show);
  keep('desktop', results);
  suite.remove();
  remove();
  const { passed, failed } = count(results);
  if (!results.length) console.error(problem ?? 'No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return problem || failed || !passed ? 1 : 0;
});

/** Without a display, runs the same on a virtual one. */
function underXvfb() {
  const xvfb = onPath('xvfb-run');
  if (!xvfb) {
    throw new Failure(
      'Desktop VS Code requires a display. Install `xvfb` (apt-get install -y xvfb) and try again.',
    );
  }
  const again = spawnSync(xvfb, ['-a', process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  return again.status ?? 1;
}
