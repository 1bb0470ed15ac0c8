import * as l10n from '@vscode/l10n';
import { eventsConnectionString, hubConnectionString } from '../../../core/azure/hubStrings';
import { type AzureHub, type HubPolicy } from '../../../core/azure/resources';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { commands } from '../../../contributions';
import { policiesOf, policyChoice } from '../../../explorer/pickPolicy';
import { type Services } from '../../../services';
import { copy } from '../../../workbench/clipboard';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne } from '../../../workbench/prompts';

type Needs = Pick<Services, 'azure' | 'management'>;

/** Copies the connection string of a policy. It is never shown, logged or sent to the page. */
export async function copyPolicyString(services: Needs, hub: Hub, name: string): Promise<void> {
  const policy = (await read(services, hub)).find((one) => one.name === name);
  if (!policy)
    throw new IotError(
      'notFound',
      l10n.t(
        'Shared access policy "{0}" of hub "{1}" no longer exists. Refresh the overview.',
        name,
        hub.name,
      ),
    );
  await copy(
    hubConnectionString(azureHub(services, hub), policy),
    l10n.t('Connection string for policy "{0}" copied', policy.name),
  );
}

/** Copies a connection string for Event Hubs clients, with a policy picked among those that may read events. */
export async function copyEventsString(services: Needs, hub: Hub): Promise<void> {
  if (hub.kind === 'local') return executeCommand(commands.copyLocalHubEventHubsConnectionString);
  const { events } = azureHub(services, hub);
  if (!events) {
    throw new IotError(
      'unsupported',
      l10n.t(
        'The event endpoint of hub "{0}" is not available yet. Refresh after Azure has created it.',
        hub.name,
      ),
    );
  }
  const readers = (await read(services, hub)).filter(({ rights }) => rights.includes('ServiceConnect'));
  if (readers.length === 0) {
    throw new IotError(
      'notFound',
      l10n.t(
        'No shared access policy of hub "{0}" has the ServiceConnect permission, which is required to read events.',
        hub.name,
      ),
    );
  }
  const policy = noBack(
    await pickOne({
      title: l10n.t('Copy Event Hubs Connection String ({0})', hub.name),
      placeholder: l10n.t(
        'Select a shared access policy. Use the least-privileged policy that meets your needs.',
      ),
      choices: readers.map(policyChoice),
    }),
  );
  await copy(
    eventsConnectionString(events, policy),
    l10n.t('Event Hubs connection string for policy "{0}" copied', policy.name),
  );
}

async function read(services: Needs, hub: Hub): Promise<readonly HubPolicy[]> {
  const policies = await withProgress(l10n.t('Loading shared access policies of {0}', hub.name), (signal) =>
    policiesOf(services, hub.id, signal),
  );
  if (!policies) throw notOfAzure(hub);
  return policies;
}

function azureHub({ azure }: Needs, hub: Hub): AzureHub {
  const entry = azure.find(hub.id);
  if (!entry) throw notOfAzure(hub);
  return entry.hub;
}

const notOfAzure = (hub: Hub) =>
  new IotError('unsupported', l10n.t('Hub "{0}" does not belong to a signed-in Azure account.', hub.name));
