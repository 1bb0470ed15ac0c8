import * as l10n from '@vscode/l10n';
import { azureHubId } from '../../../core/azure/azureDirectory';
import { type AzureHub, type HubPolicy } from '../../../core/azure/resources';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { policiesOf } from '../../../explorer/pickPolicy';
import { copy } from '../../../workbench/clipboard';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

/** The connection string, and the name of its policy. */
type PolicyChoice = Choice<{ readonly policy: string; readonly text: string }>;

/** Copies a connection string of the hub or its event endpoint; it is neither shown nor logged. */
export async function copyHubConnectionString(services: AzureNeeds, node?: Node): Promise<void> {
  const title = l10n.t('Copy Hub Connection String');
  const { hub } = await pickAzureHub(services, node, title, 'readPolicies');
  const policies = await withProgress(l10n.t('Reading the policies of hub "{0}"', hub.name), (signal) =>
    policiesOf(services, azureHubId(hub), signal),
  );
  if (!policies?.length) {
    throw new IotError('notFound', l10n.t('Hub "{0}" has no shared access policy.', hub.name));
  }
  const { policy, text } = noBack(
    await pickOne({
      title: `${title} (${hub.name})`,
      placeholder: l10n.t(
        'Select a shared access policy. Use the least-privileged policy that meets your needs.',
      ),
      choices: choicesOf(hub, policies),
    }),
  );
  await copy(text, l10n.t('Connection string for policy "{0}" copied', policy));
}

function choicesOf(hub: AzureHub, policies: readonly HubPolicy[]): readonly PolicyChoice[] {
  const own = policies.map((policy) => policyChoice(policy, hubString(hub, policy)));
  const { events } = hub;
  const readers = events ? policies.filter(({ rights }) => rights.includes('ServiceConnect')) : [];
  if (!events || readers.length === 0) return own;
  return [
    ...own.map((choice) => ({ ...choice, group: 'IoT Hub' })),
    ...readers.map((policy) => ({
      ...policyChoice(policy, eventsString(events, policy)),
      group: l10n.t('Event endpoint'),
      // Screen readers and filtered lists have no separators.
      description: l10n.t('Event Hubs-compatible, for reading messages only'),
    })),
  ];
}

const policyChoice = ({ name, rights }: HubPolicy, text: string): PolicyChoice => ({
  label: name,
  description: rights.join(', '),
  value: { policy: name, text },
});

const hubString = ({ hostName }: AzureHub, { name, primaryKey }: HubPolicy) =>
  `HostName=${hostName};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey}`;

const eventsString = ({ endpoint, path }: NonNullable<AzureHub['events']>, { name, primaryKey }: HubPolicy) =>
  `Endpoint=${endpoint};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${path}`;
