import { mosquittoPubCommand, type Shell } from '../../core/mqtt/mosquittoPub';
import { mqttSettings } from '../../core/mqtt/mqttSettings';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { copy } from '../../workbench/clipboard';
import { noBack, pickOne } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';
import { samplePayload } from './payload';

/** The command line that publishes as the device, with a token that is valid from now. */
export async function copyMosquittoPubCommand(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'caFiles'>,
  node?: NodeOf<'device'>,
): Promise<void> {
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
  const connection = await services.hubs.connection(hub.id);
  const registry = await services.registries.of(hub.id);
  const settings = mqttSettings({
    hub: connection,
    device: await registry.get(device.deviceId),
    payload: samplePayload,
    tokenSeconds: setting('sas.deviceTokenSeconds'),
    now: Date.now(),
    caFile: await services.caFiles.of(connection),
  });
  await copy(
    mosquittoPubCommand(settings, samplePayload, shell),
    `mosquitto_pub command of ${device.deviceId} copied, its token is valid until ${new Date(settings.expiresAt).toLocaleTimeString()}`,
  );
}
