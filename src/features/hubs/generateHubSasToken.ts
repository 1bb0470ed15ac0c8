import * as l10n from '@vscode/l10n';
import { serviceHostOf } from '../../core/hub/hubHosts';
import { formatDateTime } from '../../core/base/dates';
import { isBase64 } from '../../core/hub/connectionText';
import { createSasToken } from '../../core/hub/sasToken';
import { type Node } from '../../explorer/nodes';
import { policiesOf, policyChoice } from '../../explorer/pickPolicy';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { askDuration } from '../../workbench/askDuration';
import { copy } from '../../workbench/clipboard';
import { askText, noBack, pickOne } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

type Needs = Pick<Services, 'hubs' | 'azure' | 'management'>;

interface Signer {
  readonly policyName: string;
  readonly key: string;
}

/** A SAS token for service calls, to the clipboard; it is neither shown nor logged. */
export async function generateHubSasToken(services: Needs, node?: Node): Promise<void> {
  const title = l10n.t('Generate SAS Token for Hub');
  const hub = await pickHub(services, node, { title, needs: 'manageDevices' });
  const { hostName } = await services.hubs.connection(hub.id, []);
  const signer = await askSigner(services, hub.id, title);
  const seconds = await askDuration(title, setting('sas.hubTokenSeconds'));
  const expiresAt = Date.now() + seconds * 1000;
  await copy(
    createSasToken({ resource: serviceHostOf(hostName), expiresAt, ...signer }),
    l10n.t(
      'SAS token for policy "{0}" copied, valid until {1}',
      signer.policyName,
      formatDateTime(expiresAt),
    ),
  );
}

/** One of the policies for a hub of an account; otherwise that of the connection string, or one entered by hand. */
async function askSigner(services: Needs, hubId: string, title: string): Promise<Signer> {
  const placeholder = l10n.t('Select the shared access policy that signs the token');
  const policies = await policiesOf(services, hubId);
  if (policies) {
    const { name, primaryKey } = noBack(
      await pickOne({ title, placeholder, choices: policies.map(policyChoice) }),
    );
    return { policyName: name, key: primaryKey };
  }
  const { policyName, key } = await services.hubs.connection(hubId, ['ServiceConnect']);
  const isOther = noBack(
    await pickOne({
      title,
      placeholder,
      choices: [
        { label: policyName, description: l10n.t('policy of the connection string'), value: false },
        { label: l10n.t('Another policy…'), description: l10n.t('enter its name and key'), value: true },
      ],
    }),
  );
  return isOther ? askPolicy(title) : { policyName, key };
}

async function askPolicy(title: string): Promise<Signer> {
  const policyName = noBack(
    await askText({
      title,
      prompt: l10n.t('Name of the shared access policy'),
      placeholder: 'service',
      validate: (text) =>
        /^[\w.-]{1,64}$/.test(text)
          ? undefined
          : l10n.t('A policy name can contain only letters, digits, "-", ".", and "_".'),
    }),
  );
  const key = noBack(
    await askText({
      title,
      prompt: l10n.t('Primary or secondary key of policy {0}', policyName),
      isSecret: true,
      validate: (text) =>
        isBase64(text.trim())
          ? undefined
          : l10n.t('The key is not valid Base64. Check that it was copied in full.'),
    }),
  );
  return { policyName, key: key.trim() };
}
