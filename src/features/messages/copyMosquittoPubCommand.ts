import { formatTime } from '../../core/base/dates';
import { type DeviceSummary } from '../../core/device/device';
import { type Hub } from '../../core/hub/hub';
import { jsonProperties } from '../../core/message/propertyBag';
import { mosquittoPubCommand, type Shell } from '../../core/mqtt/mosquittoPub';
import { mqttSettings, type MqttSettings } from '../../core/mqtt/mqttSettings';
import { mqttSettingsText } from '../../core/mqtt/settingsText';
import { certificateFilesOf } from '../../explorer/deviceLogin';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { copy } from '../../workbench/clipboard';
import { noBack, pickOne } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

const samplePayload = '{"temperature":21.5,"humidity":48}';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'devices' | 'caFiles' | 'authorities' | 'chosenCertificates'
>;

/** The command line that publishes as the device, with a token that is valid from now. */
export async function copyMosquittoPubCommand(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const title = 'Copy mosquitto_pub Command';
  const { hub, device } = await pickDevice(services, node, title);
  const shells = [
    { label: 'sh', description: 'bash, zsh, dash and their like', value: 'sh' as Shell },
    {
      label: 'PowerShell',
      description: 'Windows PowerShell 5.1 and PowerShell 7',
      value: 'powershell' as Shell,
    },
  ];
  const shell = noBack(
    await pickOne<Shell>({
      title,
      placeholder: 'Which shell will it be pasted into?',
      choices: process.platform === 'win32' ? shells.toReversed() : shells,
    }),
  );
  const settings = await readMqttSettings(services, hub, device);
  await copy(
    mosquittoPubCommand(settings, samplePayload, shell),
    `mosquitto_pub command of ${device.deviceId} copied${note(settings)}`,
  );
}

/** The settings of any MQTT client, as text. */
export async function copyMqttSettings(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device } = await pickDevice(services, node, 'Copy MQTT Settings');
  const settings = await readMqttSettings(services, hub, device);
  await copy(mqttSettingsText(settings), `MQTT settings of ${device.deviceId} copied${note(settings)}`);
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

function note({ login }: MqttSettings): string {
  if (login.kind === 'sas') {
    return `, its token is valid until ${formatTime(login.expiresAt)}`;
  }
  return login.isKeyEncrypted ? ', it asks for the passphrase of the key' : '';
}
