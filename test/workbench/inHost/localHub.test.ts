import * as assert from 'node:assert';
import * as vscode from 'vscode';

const command = async (name: string): Promise<unknown> =>
  vscode.commands.executeCommand(`iotHubWorkbench.${name}`);

async function until<T>(what: string, probe: () => T | undefined | false, timeoutMs = 20_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; ;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const outputText = (): string =>
  vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === 'output')
    .map((document) => document.getText())
    .join('\n');

describe('The local hub in the extension', function () {
  this.timeout(60_000);

  it('starts, and copies connection strings with its address', async () => {
    await command('startLocalHub');
    await command('copyLocalHubWorkbenchConnectionString');
    const extended = await vscode.env.clipboard.readText();
    assert.match(
      extended,
      /^HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=[^;]+;MqttPort=\d+/,
    );
    await command('copyLocalHubEventHubsConnectionString');
    assert.match(await vscode.env.clipboard.readText(), /UseDevelopmentEmulator=true/);
    await command('copyLocalHubCaPath');
    const ca = await vscode.workspace.fs.readFile(vscode.Uri.file(await vscode.env.clipboard.readText()));
    assert.match(Buffer.from(ca).toString(), /BEGIN CERTIFICATE/);
  });

  it('is started once for concurrent requests', async () => {
    await command('copyLocalHubWorkbenchConnectionString');
    const before = await vscode.env.clipboard.readText();
    await command('startLocalHub');
    await command('copyLocalHubWorkbenchConnectionString');
    assert.strictEqual(await vscode.env.clipboard.readText(), before);
  });

  it("shows the sample device's messages in the output channel", async () => {
    await command('startMonitoring');
    await until('the first message', () => /sample-thermostat[^]*"temperature"/.test(outputText()));
    await command('stopMonitoring');
    await until('the end of monitoring', () => /Monitoring stopped|stopped/.test(outputText()));
  });

  it('opens the publish panel of a device', async () => {
    const device = { deviceId: 'sample-thermostat', authentication: 'sas', isEnabled: true };
    await vscode.commands.executeCommand('iotHubWorkbench.publishMessage', {
      kind: 'device',
      hubId: 'local-hub',
      device,
    });
    await until('the tab', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputWebview && input.viewType.endsWith('iotHubWorkbench.publish');
    });
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('shows no key in any output', async () => {
    await command('copyLocalHubServiceConnectionString');
    const key = /SharedAccessKey=([^;]+)/.exec(await vscode.env.clipboard.readText())?.[1];
    assert.ok(key);
    await command('showLog');
    await command('showLocalHubLog');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(!outputText().includes(key));
  });

  it('stops', async () => {
    await command('stopLocalHub');
  });
});
