import { formatDateTime } from '../../core/base/dates';
import { type Device } from '../../core/device/device';
import { IotError, isIotError } from '../../core/errors';
import { createSasToken, deviceResource } from '../../core/hub/sasToken';
import { type NodeOf } from '../../explorer/nodes';
import { policiesOf, policyChoice } from '../../explorer/pickPolicy';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { askDuration } from '../../workbench/askDuration';
import { copy } from '../../workbench/clipboard';
import { noBack, pickOne, type Choice } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

type Needs = Pick<Services, 'hubs' | 'registries' | 'devices' | 'azure' | 'management'>;

interface Signer {
  readonly key: string;
  readonly policyName?: string;
}

/** A token that the device, or who speaks for it, connects with; to the clipboard, shown and logged nowhere. */
export async function generateDeviceSasToken(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const title = 'Generate SAS Token for Device';
  const { hub, device } = await pickDevice(services, node, title);
  const registry = await services.registries.forHub(hub.id);
  const identity = await registry.get(device.deviceId);
  const { hostName } = await services.hubs.connection(hub.id, []);
  const choices = [...ownSigners(identity), ...(await hubSigners(services, hub.id))];
  if (choices.length === 0) {
    throw new IotError(
      'forbidden',
      `Nothing can sign a token of ${device.deviceId}: it has no key of its own, and no policy of hub "${hub.name}" that you may read has the right DeviceConnect.`,
    );
  }
  const signer = noBack(
    await pickOne({
      title,
      placeholder: `What should sign the token of ${device.deviceId}?`,
      choices,
    }),
  );
  const expiresAt = Date.now() + (await askDuration(title, setting('sas.deviceTokenSeconds'))) * 1000;
  await copy(
    createSasToken({ resource: deviceResource(hostName, device.deviceId), expiresAt, ...signer }),
    `SAS token of ${device.deviceId} copied, valid until ${formatDateTime(expiresAt)}`,
  );
}

function ownSigners({ credentials }: Device): Choice<Signer>[] {
  if (credentials.kind !== 'sas') return [];
  return [
    { label: 'Primary key', description: 'of the device', value: { key: credentials.primaryKey } },
    { label: 'Secondary key', description: 'of the device', value: { key: credentials.secondaryKey } },
  ];
}

async function hubSigners(services: Needs, hubId: string): Promise<Choice<Signer>[]> {
  // Who may not read the keys of the hub can still sign by one of the device.
  const policies = await policiesOf(services, hubId).catch((error: unknown) => {
    if (isIotError(error) && error.code === 'forbidden') return [];
    throw error;
  });
  if (policies) {
    return policies
      .filter(({ rights }) => rights.includes('DeviceConnect'))
      .map((policy) => ({
        ...policyChoice(policy),
        label: `Policy ${policy.name}`,
        value: { key: policy.primaryKey, policyName: policy.name },
      }));
  }
  const { policyName, key } = await services.hubs.connection(hubId, ['DeviceConnect']);
  const description = 'of the hub; needs the right DeviceConnect';
  return [{ label: `Policy ${policyName}`, description, value: { key, policyName } }];
}
