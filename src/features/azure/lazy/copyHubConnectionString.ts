import * as l10n from '@vscode/l10n';
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
  const chosen = await vscode.window.showQuickPick(items(hub, policies), {
    title: `${title} (${hub.name})`,
    placeHolder: l10n.t(
      'Select a shared access policy. Use the least-privileged policy that meets your needs.',
    ),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  if (!chosen?.text) throw abortError();
  await copy(chosen.text, l10n.t('Connection string for policy "{0}" copied', chosen.label));
}

function items(hub: AzureHub, policies: readonly HubPolicy[]): Item[] {
  const own = policies.map((policy) => ({ ...policyItem(policy), text: hubString(hub, policy) }));
  const { events } = hub;
  const readers = events ? policies.filter(({ rights }) => rights.includes('ServiceConnect')) : [];
  if (!events || readers.length === 0) return own;
  return [
    separator('IoT Hub'),
    ...own,
    separator(l10n.t('Event endpoint')),
    ...readers.map((policy) => ({
      ...policyItem(policy),
      // Screen readers and filtered lists have no separators.
      description: l10n.t('Event Hubs-compatible, for reading messages only'),
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
