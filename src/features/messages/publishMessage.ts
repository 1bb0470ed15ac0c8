import * as vscode from 'vscode';
import { isAbort } from '../../core/base/abort';
import { mqttSettings } from '../../core/mqtt/mqttSettings';
import { certificateFilesOf, stopIfRefused } from '../../explorer/deviceLogin';
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
  services: Pick<
    Services,
    | 'hubs'
    | 'registries'
    | 'devices'
    | 'publisher'
    | 'authorities'
    | 'hubCertificates'
    | 'passphrases'
    | 'log'
  >,
  node?: NodeOf<'device'>,
): Promise<void> {
  const { hub, device } = await pickDevice(services, node, 'Publish Message');
  const { deviceId } = device;
  const payload = noBack(
    await askText({
      title: `Publish Message as ${deviceId}`,
      value: lastPayload,
      prompt:
        'The message: JSON or any text. It is sent over MQTT, with a new token or the certificate of the device.',
      validate: messageProblem,
    }),
  );
  lastPayload = payload;
  const connection = await services.hubs.connection(hub.id);
  const identity = await (await services.registries.of(hub.id)).get(deviceId);
  const target = { hub, connection, device: identity };
  const certificate = await certificateFilesOf(services, target);
  if (certificate) await stopIfRefused(services, target, certificate);
  const send = (passphrase: string | undefined) =>
    withProgress(`Publishing as ${deviceId}`, (signal) => {
      const settings = mqttSettings({
        hub: connection,
        device: identity,
        payload,
        tokenSeconds: setting('sas.deviceTokenSeconds'),
        now: Date.now(),
        ...(certificate ? { certificate } : {}),
      });
      return services.publisher.publish(settings, payload, passphrase, signal);
    });
  const receipt = certificate
    ? await services.passphrases.use(
        { keyId: certificate.keyFile, label: deviceId, isEncrypted: certificate.isKeyEncrypted },
        send,
      )
    : await send(undefined);
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
