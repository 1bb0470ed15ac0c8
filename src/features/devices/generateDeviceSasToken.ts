import { type Device } from '../../core/device/device';
import { type HubConnection } from '../../core/hub/hubConnection';
import { createSasToken, deviceResource } from '../../core/hub/sasToken';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { askDuration } from '../../workbench/askDuration';
import { copy } from '../../workbench/clipboard';
import { noBack, pickOne, type Choice } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

interface Signer {
  readonly key: string;
  readonly policyName?: string;
}

/** A token that the device, or who speaks for it, connects with; to the clipboard, shown and logged nowhere. */
export async function generateDeviceSasToken(
  services: Pick<Services, 'hubs' | 'registries' | 'devices'>,
  node?: NodeOf<'device'>,
): Promise<void> {
  const title = 'Generate SAS Token for Device';
  const { hub, device } = await pickDevice(services, node, title);
  const registry = await services.registries.of(hub.id);
  const identity = await registry.get(device.deviceId);
  const connection = await services.hubs.connection(hub.id);
  const signer = noBack(
    await pickOne({
      title,
      placeholder: `What should sign the token of ${device.deviceId}?`,
      choices: signers(identity, connection),
    }),
  );
  const expiresAt = Date.now() + (await askDuration(title, setting('sas.deviceTokenSeconds'))) * 1000;
  await copy(
    createSasToken({ resource: deviceResource(connection.hostName, device.deviceId), expiresAt, ...signer }),
    `SAS token of ${device.deviceId} copied, valid until ${new Date(expiresAt).toLocaleString()}`,
  );
}

function signers({ credentials }: Device, { policyName, key }: HubConnection): Choice<Signer>[] {
  const own: Choice<Signer>[] =
    credentials.kind === 'sas'
      ? [
          { label: 'Primary key', description: 'of the device', value: { key: credentials.primaryKey } },
          { label: 'Secondary key', description: 'of the device', value: { key: credentials.secondaryKey } },
        ]
      : [];
  return [
    ...own,
    {
      label: `Policy ${policyName}`,
      description: 'of the hub; needs the right DeviceConnect',
      value: { key, policyName },
    },
  ];
}
