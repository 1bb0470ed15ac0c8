import { isBase64 } from '../../core/hub/hubConnection';
import { createSasToken } from '../../core/hub/sasToken';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { askDuration } from '../../workbench/askDuration';
import { copy } from '../../workbench/clipboard';
import { askText, noBack, pickOne } from '../../workbench/prompts';
import { setting } from '../../workbench/settings';

/** A token for service calls, to the clipboard; it is shown and logged nowhere. */
export async function generateHubSasToken({ hubs }: Pick<Services, 'hubs'>, node?: Node): Promise<void> {
  const title = 'Generate SAS Token for Hub';
  const hub = await pickHub({ hubs }, node, { title });
  const { hostName, policyName, key } = await hubs.connection(hub.id);
  const isOther = noBack(
    await pickOne({
      title,
      placeholder: 'Which shared access policy should sign?',
      choices: [
        { label: policyName, description: 'policy of the connection string', value: false },
        { label: 'Another policy…', description: 'asks for its name and key', value: true },
      ],
    }),
  );
  const signer = isOther ? await askPolicy(title) : { policyName, key };
  const seconds = await askDuration(title, setting('sas.hubTokenSeconds'));
  const expiresAt = Date.now() + seconds * 1000;
  await copy(
    createSasToken({ resource: hostName, expiresAt, ...signer }),
    `SAS token of policy ${signer.policyName} copied, valid until ${new Date(expiresAt).toLocaleString()}`,
  );
}

async function askPolicy(title: string): Promise<{ readonly policyName: string; readonly key: string }> {
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
