import * as vscode from 'vscode';
import { azureHubId } from '../../../core/azure/azureDirectory';
import { type AzureHub, type HubPolicy } from '../../../core/azure/resources';
import { abortError } from '../../../core/base/abort';
import { IotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { policiesOf } from '../../../explorer/pickPolicy';
import { copy } from '../../../workbench/clipboard';
import { withProgress } from '../../../workbench/progress';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

type Item = vscode.QuickPickItem & { readonly text?: string };

/** The string of a policy of the hub or of its event endpoint, to the clipboard; shown and logged nowhere. */
export async function copyHubConnectionString(services: AzureNeeds, node?: Node): Promise<void> {
  const title = 'Copy Hub Connection String';
  const { hub } = await pickAzureHub(services, node, title, 'readPolicies');
  const policies = await withProgress(`Reading the policies of ${hub.name}`, (signal) =>
    policiesOf(services, azureHubId(hub), signal),
  );
  if (!policies?.length) {
    throw new IotError('notFound', `Hub "${hub.name}" has no shared access policy.`);
  }
  const chosen = await vscode.window.showQuickPick(items(hub, policies), {
    title: `${title} (${hub.name})`,
    placeHolder: 'Which shared access policy? The one with the fewest rights that will do is the best',
    matchOnDescription: true,
  });
  if (!chosen?.text) throw abortError();
  await copy(chosen.text, `Connection string of policy ${chosen.label} copied`);
}

function items(hub: AzureHub, policies: readonly HubPolicy[]): Item[] {
  const own = policies.map((policy) => ({ ...policyItem(policy), text: hubString(hub, policy) }));
  const { events } = hub;
  const readers = events ? policies.filter(({ rights }) => rights.includes('ServiceConnect')) : [];
  if (!events || readers.length === 0) return own;
  return [
    separator('IoT Hub'),
    ...own,
    separator('event endpoint'),
    ...readers.map((policy) => ({
      ...policyItem(policy),
      // Who hears the list, or filters it, sees no separator.
      description: 'Event Hubs-compatible, to read messages alone',
      text: eventsString(events, policy),
    })),
  ];
}

const policyItem = ({ name, rights }: HubPolicy) => ({ label: name, description: rights.join(', ') });
const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });

const hubString = ({ hostName }: AzureHub, { name, primaryKey }: HubPolicy) =>
  `HostName=${hostName};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey}`;

const eventsString = ({ endpoint, path }: NonNullable<AzureHub['events']>, { name, primaryKey }: HubPolicy) =>
  `Endpoint=${endpoint};SharedAccessKeyName=${name};SharedAccessKey=${primaryKey};EntityPath=${path}`;
