import * as l10n from '@vscode/l10n';
import { formatTime } from '../../core/base/dates';
import { type DeviceSummary } from '../../core/device/device';
import { type Hub } from '../../core/hub/hub';
import { jsonProperties } from '../../core/message/propertyBag';
import { mosquittoPubCommand, type Shell } from '../../core/mqtt/mosquittoPub';
import { mqttSettings, type MqttSettings } from '../../core/mqtt/mqttSettings';
import { mqttSettingsText } from '../../core/mqtt/settingsText';
import { certificateFilesOf } from '../../explorer/deviceAuthentication';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { copy } from '../../workbench/clipboard';
import { noBack, pickOne } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

const samplePayload = '{"temperature":21.5,"humidity":48}';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'devices' | 'caFiles' | 'authorities' | 'chosenCertificates' | 'certificateWork'
>;

/** Copies a command line that publishes as the device, with a new SAS token or its certificate. */
export async function copyMosquittoPubCommand(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const title = l10n.t('Copy mosquitto_pub Command');
  const { hub, device } = await pickDevice(services, node, title);
  const shells = [
    { label: 'sh', description: l10n.t('bash, zsh, dash, and similar shells'), value: 'sh' as Shell },
    {
      label: 'PowerShell',
      description: l10n.t('Windows PowerShell 5.1 and PowerShell 7'),
      value: 'powershell' as Shell,
    },
  ];
  const shell = noBack(
    await pickOne<Shell>({
      title,
      placeholder: l10n.t('Select the shell to paste the command into'),
      choices: process.platform === 'win32' ? shells.toReversed() : shells,
    }),
  );
  const settings = await readMqttSettings(services, hub, device);
  await copy(
    mosquittoPubCommand(settings, samplePayload, shell),
    copiedCommandText(device.deviceId, settings),
  );
}

/** Copies the settings for any MQTT client, as text. */
export async function copyMqttSettings(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device } = await pickDevice(services, node, l10n.t('Copy MQTT Settings'));
  const settings = await readMqttSettings(services, hub, device);
  await copy(mqttSettingsText(settings), copiedSettingsText(device.deviceId, settings));
}

async function readMqttSettings(
  services: Needs,
  hub: Hub,
  { deviceId }: DeviceSummary,
): Promise<MqttSettings> {
  const connection = await services.hubs.connection(hub.id, []);
  const device = await (await services.registries.forHub(hub.id)).get(deviceId);
  const certificate = await certificateFilesOf(services, { hub, connection, device });
  return mqttSettings({
    hub: connection,
    device,
    bag: jsonProperties,
    tokenSeconds: setting('sas.deviceTokenSeconds'),
    now: Date.now(),
    caFile: await services.caFiles.caFileFor(connection),
    ...(certificate ? { certificate } : {}),
  });
}

function copiedCommandText(deviceId: string, { credentials }: MqttSettings): string {
  if (credentials.kind === 'sas') {
    return l10n.t(
      'mosquitto_pub command for {0} copied. Its SAS token is valid until {1}.',
      deviceId,
      formatTime(credentials.expiresAt),
    );
  }
  return credentials.isKeyEncrypted
    ? l10n.t('mosquitto_pub command for {0} copied. It asks for the passphrase of the key.', deviceId)
    : l10n.t('mosquitto_pub command for {0} copied', deviceId);
}

function copiedSettingsText(deviceId: string, { credentials }: MqttSettings): string {
  if (credentials.kind === 'sas') {
    return l10n.t(
      'MQTT settings for {0} copied. The SAS token is valid until {1}.',
      deviceId,
      formatTime(credentials.expiresAt),
    );
  }
  return credentials.isKeyEncrypted
    ? l10n.t('MQTT settings for {0} copied. The client asks for the passphrase of the key.', deviceId)
    : l10n.t('MQTT settings for {0} copied', deviceId);
}
