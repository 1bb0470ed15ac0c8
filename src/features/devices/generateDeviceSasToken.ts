import * as l10n from '@vscode/l10n';
import { deviceHostOf } from '../../core/hub/hubHosts';
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

/** Generates a token to connect as the device. It goes to the clipboard and is not shown or logged. */
export async function generateDeviceSasToken(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const title = l10n.t('Generate SAS Token for Device');
  const { hub, device } = await pickDevice(services, node, title);
  const registry = await services.registries.forHub(hub.id);
  const identity = await registry.get(device.deviceId);
  const { hostName } = await services.hubs.connection(hub.id, []);
  const choices = [...ownSigners(identity), ...(await hubSigners(services, hub.id))];
  if (choices.length === 0) {
    throw new IotError(
      'forbidden',
      l10n.t(
        'No key is available to sign a SAS token for {0}. The device has no symmetric key, and no shared access policy of hub "{1}" that you can read has the DeviceConnect permission.',
        device.deviceId,
        hub.name,
      ),
    );
  }
  const signer = noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select the key that signs the SAS token for {0}', device.deviceId),
      choices,
    }),
  );
  const expiresAt = Date.now() + (await askDuration(title, setting('sas.deviceTokenSeconds'))) * 1000;
  await copy(
    createSasToken({
      resource: deviceResource(deviceHostOf(hostName), device.deviceId),
      expiresAt,
      ...signer,
    }),
    l10n.t('SAS token for {0} copied, valid until {1}', device.deviceId, formatDateTime(expiresAt)),
  );
}

function ownSigners({ credentials }: Device): Choice<Signer>[] {
  if (credentials.kind !== 'sas') return [];
  return [
    {
      label: l10n.t('Primary key'),
      description: l10n.t('Device key'),
      value: { key: credentials.primaryKey },
    },
    {
      label: l10n.t('Secondary key'),
      description: l10n.t('Device key'),
      value: { key: credentials.secondaryKey },
    },
  ];
}

async function hubSigners(services: Needs, hubId: string): Promise<Choice<Signer>[]> {
  // Without permission to read the keys of the hub, a device key can still sign.
  const policies = await policiesOf(services, hubId).catch((error: unknown) => {
    if (isIotError(error) && error.code === 'forbidden') return [];
    throw error;
  });
  if (policies) {
    return policies
      .filter(({ rights }) => rights.includes('DeviceConnect'))
      .map((policy) => ({
        ...policyChoice(policy),
        label: l10n.t('Policy {0}', policy.name),
        value: { key: policy.primaryKey, policyName: policy.name },
      }));
  }
  const { policyName, key } = await services.hubs.connection(hubId, ['DeviceConnect']);
  const description = l10n.t('Hub key. Requires the DeviceConnect permission.');
  return [{ label: l10n.t('Policy {0}', policyName), description, value: { key, policyName } }];
}
