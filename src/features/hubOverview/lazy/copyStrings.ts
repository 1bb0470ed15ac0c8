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

/** The string of a policy goes to the clipboard: it is shown and logged nowhere, and the page never has it. */
export async function copyPolicyString(services: Needs, hub: Hub, name: string): Promise<void> {
  const policy = (await read(services, hub)).find((one) => one.name === name);
  if (!policy) throw new IotError('notFound', `Hub "${hub.name}" has no policy "${name}" any more. Refresh.`);
  await copy(
    hubConnectionString(azureHub(services, hub), policy),
    `Connection string of policy ${policy.name} copied`,
  );
}

/** For clients of Event Hubs, with a policy that the person chooses among those that may read. */
export async function copyEventsString(services: Needs, hub: Hub): Promise<void> {
  if (hub.kind === 'local') return executeCommand(commands.copyLocalHubEventHubsConnectionString);
  const { events } = azureHub(services, hub);
  if (!events) {
    throw new IotError(
      'unsupported',
      `Hub "${hub.name}" has no event endpoint yet. Refresh when Azure has made it.`,
    );
  }
  const readers = (await read(services, hub)).filter(({ rights }) => rights.includes('ServiceConnect'));
  if (readers.length === 0) {
    throw new IotError(
      'notFound',
      `No policy of hub "${hub.name}" has the right ServiceConnect, which reading events takes.`,
    );
  }
  const policy = noBack(
    await pickOne({
      title: `Copy Event Hubs Connection String (${hub.name})`,
      placeholder: 'Which shared access policy? The one with the fewest rights that will do is the best',
      choices: readers.map(policyChoice),
    }),
  );
  await copy(
    eventsConnectionString(events, policy),
    `Event Hubs connection string of policy ${policy.name} copied`,
  );
}

async function read(services: Needs, hub: Hub): Promise<readonly HubPolicy[]> {
  const policies = await withProgress(`Reading the policies of ${hub.name}`, (signal) =>
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
  new IotError('unsupported', `Hub "${hub.name}" is not one of an Azure account.`);
