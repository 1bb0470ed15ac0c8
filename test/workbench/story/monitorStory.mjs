// Helpers for the monitor stories: a hub with devices, senders, and other readers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { openStory } from '../../host/storyWindows.mjs';
import { requestCloud } from './azureAccount.mjs';
import { settings } from './storySteps.mjs';
import { hubString } from './hubConnections.mjs';
import { part, registerDevices } from './testDevice.mjs';

/** Opens VS Code with a running local hub, and registers these devices. */
export async function openLocalHub({ label, devices = [], ...options }) {
  const workbench = await openStory({
    label,
    ...options,
    settings: {
      ...settings,
      'iotHubWorkbench.monitor.format': 'oneLine',
      ...options.settings,
    },
  });
  await workbench.openContainer('IoT Hub');
  await workbench.expand('Local Hub');
  await workbench.expand('Devices');
  if (devices.length > 0) {
    // While the tree refreshes, a click on a row runs the command without its node.
    await workbench.row(/^No devices yet/).waitFor();
    await registerDevices(await hubString(workbench), devices);
    await workbench.choose('Devices', 'Refresh');
    // The others may be on the tree's next page.
    await workbench.row(devices[0]).waitFor();
  }
  return workbench;
}

/** Another program that takes over all partitions of a consumer group. Resolves when it reads. */
export async function takeOver(eventsConnection, consumerGroup = '$Default') {
  const client = new EventHubConsumerClient(consumerGroup, eventsConnection, {
    retryOptions: { maxRetries: 1, retryDelayInMs: 100 },
  });
  const partitions = await client.getPartitionIds();
  const open = new Set();
  const subscriptions = partitions.map((partition) =>
    client.subscribe(
      partition,
      {
        processInitialize: async () => undefined,
        // A call without events shows that it is reading.
        processEvents: async () => void open.add(partition),
        processError: async () => undefined,
      },
      { ownerLevel: 1, maxWaitTimeInSeconds: 1, startPosition: { enqueuedOn: new Date() } },
    ),
  );
  for (const end = Date.now() + 20_000; open.size < partitions.length;) {
    if (Date.now() > end) throw new Error(`Only ${open.size} partitions were taken over.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    async close() {
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await client.close();
    },
  };
}

/** Modifies the routes of the local hub through ARM, as the Azure portal does. */
export async function putRouting(connection, routing) {
  const endpoints = {
    armEndpoint: part(connection, 'ArmEndpoint'),
    armTokenFile: part(connection, 'ArmTokenFile'),
    caFile: part(connection, 'CaFile'),
  };
  const resource = `${part(connection, 'ArmResourceId')}?api-version=2023-06-30`;
  const body = { location: 'local', sku: { name: 'S1', capacity: 1 }, properties: { routing } };
  const { status, text } = await requestCloud(endpoints, 'PUT', resource, body);
  if (status !== 200) throw new Error(`ARM answered ${status}: ${text}`);
}

/** The local hub process started by this window. */
export const hubProcess = (workbench) =>
  Number(
    [...workbench.outputText('IoT Hub Workbench').matchAll(/The local hub is running as process (\d+)/g)].at(
      -1,
    )?.[1],
  );

/** Waits for a text in the status bar. @returns {Promise<string>} the text */
export const inStatusBar = (workbench, pattern, timeout) =>
  workbench.until(
    `${pattern} in the status bar`,
    async () => (await workbench.statusBar()).find((text) => pattern.test(text)),
    timeout,
  );

/** All matching lines of a channel, in order. */
export const linesOf = (workbench, channel, pattern) =>
  workbench
    .outputText(channel)
    .split('\n')
    .filter((line) => pattern.test(line));

/** Edits user settings in settings.json, because VS Code does not always notice changes made by other programs. */
export async function changeSettings(workbench, changes) {
  const file = path.join(workbench.server.dataFolder, 'data/User/settings.json');
  const text = JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }, null, 2);
  await workbench.run('Preferences: Open User Settings (JSON)');
  await workbench.page.locator('.part.editor .monaco-editor.focused[data-uri$="settings.json"]').waitFor();
  await workbench.press('Control+A');
  // Typing would insert closing brackets.
  await workbench.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await workbench.press('Control+V');
  await workbench.press('Control+S');
  await workbench
    .until('the settings to be saved', () => readFileSync(file, 'utf8') === text)
    .catch(async (error) => {
      await workbench.screenshot('monitor-settings-not-saved');
      throw new Error(`${error.message} Settings:\n${readFileSync(file, 'utf8')}`);
    });
  await workbench.run('View: Close Editor');
}
