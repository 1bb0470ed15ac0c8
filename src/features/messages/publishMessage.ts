import * as vscode from 'vscode';
import { isAbort } from '../../core/base/abort';
import { mqttSettings } from '../../core/mqtt/mqttSettings';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { withProgress } from '../../workbench/progress';
import { askText, noBack } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';
import { messageProblem, samplePayload } from './payload';

/** What was sent last, to send it again or change it. */
let lastPayload = samplePayload;

/** One line of text, as the device, acknowledged by the hub. */
export async function publishMessage(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'publisher' | 'log'>,
  node?: NodeOf<'device'>,
): Promise<void> {
  const { hub, device } = await pickDevice(services, node, 'Publish Message');
  const { deviceId } = device;
  const payload = noBack(
    await askText({
      title: `Publish Message as ${deviceId}`,
      value: lastPayload,
      prompt: 'The message: JSON or any text. It is sent over MQTT with a new token of the device.',
      validate: messageProblem,
    }),
  );
  lastPayload = payload;
  const receipt = await withProgress(`Publishing as ${deviceId}`, async (signal) => {
    const registry = await services.registries.of(hub.id, signal);
    const settings = mqttSettings({
      hub: await services.hubs.connection(hub.id, signal),
      device: await registry.get(deviceId, signal),
      payload,
      tokenSeconds: setting('sas.deviceTokenSeconds'),
      now: Date.now(),
    });
    return services.publisher.publish(settings, payload, signal);
  });
  services.log.info(
    `Published ${Buffer.byteLength(payload)} bytes as ${deviceId}: acknowledged after ${receipt.acknowledgedMs} ms.`,
  );
  vscode.window.setStatusBarMessage(
    `$(check) ${deviceId}: acknowledged after ${receipt.acknowledgedMs} ms`,
    5_000,
  );
  await showActivity(services, hub.id, deviceId);
}

/** The device was active just now; the tree should know. */
async function showActivity(
  { registries, devices, log }: Pick<Services, 'registries' | 'devices' | 'log'>,
  hubId: string,
  deviceId: string,
): Promise<void> {
  try {
    devices.put(hubId, await (await registries.of(hubId)).get(deviceId));
  } catch (error) {
    if (!isAbort(error)) log.warn(`Device ${deviceId} could not be read again after it published.`);
  }
}
