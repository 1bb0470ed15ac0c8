import { formatDateTime } from '../../core/base/dates';
import { isBase64 } from '../../core/hub/hubConnection';
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

/** A token for service calls, to the clipboard; it is shown and logged nowhere. */
export async function generateHubSasToken(services: Needs, node?: Node): Promise<void> {
  const title = 'Generate SAS Token for Hub';
  const hub = await pickHub(services, node, { title, needs: 'manageDevices' });
  const { hostName } = await services.hubs.connection(hub.id, []);
  const signer = await askSigner(services, hub.id, title);
  const seconds = await askDuration(title, setting('sas.hubTokenSeconds'));
  const expiresAt = Date.now() + seconds * 1000;
  await copy(
    createSasToken({ resource: hostName, expiresAt, ...signer }),
    `SAS token of policy ${signer.policyName} copied, valid until ${formatDateTime(expiresAt)}`,
  );
}

/** Of a hub of an account one of its policies; otherwise the one of the connection string, or another by hand. */
async function askSigner(services: Needs, hubId: string, title: string): Promise<Signer> {
  const placeholder = 'Which shared access policy should sign?';
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
        { label: policyName, description: 'policy of the connection string', value: false },
        { label: 'Another policy…', description: 'asks for its name and key', value: true },
      ],
    }),
  );
  return isOther ? askPolicy(title) : { policyName, key };
}

async function askPolicy(title: string): Promise<Signer> {
  const policyName = noBack(
    await askText({
      title,
      prompt: 'Name of the shared access policy',
      placeholder: 'service',
      validate: (text) =>
        /^[\w.-]{1,64}$/.test(text) ? undefined : 'A policy name has letters, digits and - . _ only.',
    }),
  );
  const key = noBack(
    await askText({
      title,
      prompt: `Primary or secondary key of policy ${policyName}`,
      isSecret: true,
      validate: (text) =>
        isBase64(text.trim()) ? undefined : 'A key is Base64 text. Was it copied in full?',
    }),
  );
  return { policyName, key: key.trim() };
}
