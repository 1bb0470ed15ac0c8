// `npm start -- --check` where VS Code from npm does not run: desktop VS Code, with commands instead of clicks.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { channelFiles, firstMessage } from './outputChannels.mjs';
import {
  commandLineOf,
  downloadDesktopVsCode,
  findDesktopVsCode,
  hasDisplay,
  profileArguments,
  runDesktop,
} from './desktopVsCode.mjs';
import { prepareProfile } from './frontServer.mjs';
import { Failure, sleep } from './processes.mjs';
import { temporaryFolder } from './vscodeServer.mjs';

/** Runs the steps of a user inside the extension host, and keeps running until the launcher has seen the message. */
const helper = `
exports.run = async () => {
  const { commands } = require('vscode');
  const { existsSync } = require('node:fs');
  await commands.executeCommand('iotHubWorkbench.startLocalHub');
  await commands.executeCommand('iotHubWorkbench.startMonitoring');
  while (!existsSync(__dirname + '/seen')) await new Promise((resolve) => setTimeout(resolve, 200));
};
`;

/** @returns {Promise<number>} the exit code */
export async function checkOnDesktop(vsix, timeout) {
  if (!hasDisplay) throw new Failure('Desktop VS Code requires a display, and none was found.');
  const executable = await downloadDesktopVsCode();
  const { folder, remove } = temporaryFolder('check');
  const profile = prepareProfile(folder);
  const own = profileArguments(folder);
  await runDesktop(findDesktopVsCode() ?? (await commandLineOf(executable)), [
    ...own,
    '--install-extension',
    vsix,
  ]);
  const extension = { name: 'check', publisher: 'check', version: '0.0.0', engines: { vscode: '*' } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(extension));
  writeFileSync(path.join(folder, 'run.cjs'), helper);
  const { runTests } = await import('@vscode/test-electron');
  const ended = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: folder,
    extensionTestsPath: path.join(folder, 'run.cjs'),
    launchArgs: [profile.workspace, ...own, '--disable-updates', '--skip-welcome'],
  }).then(
    () => undefined,
    (error) => error,
  );
  try {
    for (const end = Date.now() + timeout; Date.now() < end; await sleep(200)) {
      const found = channelFiles(path.join(profile.data, 'logs')).map(({ text }) => firstMessage(text));
      const message = found.find(Boolean);
      if (!message) continue;
      console.log(`The sample device's first message:\n${message}`);
      writeFileSync(path.join(folder, 'seen'), '');
      await ended;
      return 0;
    }
    throw new Failure(
      `No message from the sample device reached the output channel within ${timeout / 1000} s.`,
    );
  } finally {
    remove();
  }
}
