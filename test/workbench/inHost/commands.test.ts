import * as assert from 'node:assert';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const hubId = 'local-hub';
const device = {
  kind: 'device',
  hubId,
  device: { deviceId: 'sample-thermostat', authentication: 'sas', isEnabled: true },
};

const command = async (name: string, ...args: unknown[]): Promise<unknown> =>
  vscode.commands.executeCommand(`iotHubWorkbench.${name}`, ...args);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(what: string, probe: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const end = Date.now() + 20_000; ; await sleep(100)) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited 20 s for ${what}.`);
  }
}

/**
 * Runs a command and accepts the first item of each of its quick picks until the command completes. Modal dialogs fail in
 * an extension host under test, for example the one about a device that is already connected.
 */
async function accept(name: string, ...args: unknown[]): Promise<void> {
  let isDone = false;
  const work = command(name, ...args).finally(() => {
    isDone = true;
  });
  // Not awaited alone, because a failed command waits until its error message is closed.
  const accepting = (async () => {
    for (const end = Date.now() + 20_000; !isDone; await sleep(200)) {
      if (Date.now() > end) throw new Error(`${name} did not complete within 20 s.`);
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
  })();
  await Promise.all([work, accepting]);
}

async function copied(run: () => Promise<unknown>): Promise<string> {
  await vscode.env.clipboard.writeText('');
  await run();
  return until('a text in the clipboard', async () => vscode.env.clipboard.readText());
}

const outputText = (): string =>
  vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === 'output')
    .map((document) => document.getText())
    .join('\n');

const hasTab = (viewType: string): boolean =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));

async function mqttPort(): Promise<number> {
  const text = await copied(() => command('copyLocalHubWorkbenchConnectionString'));
  return Number(/MqttPort=(\d+)/.exec(text)?.[1]);
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('Commands with the local hub', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-commands-'));
  const messageFile = vscode.Uri.file(path.join(folder, 'reading.d2c.json'));

  before(async () => {
    writeFileSync(
      messageFile.fsPath,
      JSON.stringify({ devices: ['sample-gateway'], body: { marker: 'sent-by-file' } }),
    );
    await command('startLocalHub');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await command('stopLocalHub');
    rmSync(folder, { recursive: true, force: true });
  });

  it('copyDeviceId copies only the ID', async () => {
    assert.strictEqual(await copied(() => command('copyDeviceId', device)), 'sample-thermostat');
  });

  it('copyMqttSettings copies the settings for an MQTT client', async () => {
    const text = await copied(() => command('copyMqttSettings', device));
    assert.match(text, /localhost/);
    assert.match(text, /devices\/sample-thermostat\/messages\/events\//);
    assert.match(text, /SharedAccessSignature sr=/);
  });

  it('generateDeviceSasToken copies a SAS token of the device', async () => {
    const token = await copied(() => accept('generateDeviceSasToken', device));
    assert.match(token, /^SharedAccessSignature sr=localhost%2Fdevices%2Fsample-thermostat&sig=[^&]+&se=\d+/);
    assert.ok(Number(/se=(\d+)/.exec(token)?.[1]) * 1000 > Date.now());
  });

  it('openMessageFile opens the publish panel', async () => {
    await accept('openMessageFile', messageFile);
    await until('the panel', () => hasTab('iotHubWorkbench.publish'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('sendMessageFile sends as the devices in the file, and the monitor shows the messages', async () => {
    await command('startMonitoring');
    await accept('sendMessageFile', messageFile);
    await until('the message', () => outputText().includes('sent-by-file'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('monitorMenu stops monitoring with its first action', async () => {
    const before = outputText().match(/Monitoring stopped|stopped/g)?.length ?? 0;
    await accept('monitorMenu');
    await until('the end', () => (outputText().match(/Monitoring stopped|stopped/g)?.length ?? 0) > before);
  });

  it('restartLocalHub closes the connections of the hub, which then accepts new ones', async () => {
    const socket = net.connect(await mqttPort(), '127.0.0.1');
    await once(socket, 'connect');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await command('restartLocalHub');
    await closed;
    assert.ok(await isOpen(await mqttPort()));
  });

  it('localHubMenu stops the hub with its first action, and then starts it', async () => {
    const port = await mqttPort();
    await accept('localHubMenu');
    await until('the port to close', async () => !(await isOpen(port)));
    await accept('localHubMenu');
    assert.ok(await isOpen(await mqttPort()));
  });
});
