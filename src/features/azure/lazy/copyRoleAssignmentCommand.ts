import * as l10n from '@vscode/l10n';
import { quoteAnyShell } from '../../../core/base/shellQuoting';
import { assigneeOptions } from '../../../core/azure/accessToken';
import { type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { isIotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { copy } from '../../../workbench/clipboard';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

/**
 * The roles, the least privileged first.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad#manage-access-to-iot-hub-by-using-azure-rbac-role-assignment
 */
const roles = () => [
  {
    role: 'IoT Hub Data Reader',
    allows: l10n.t('Read devices and twins and run queries with Microsoft Entra ID'),
  },
  { role: 'IoT Hub Twin Contributor', allows: l10n.t('Read and change device twins') },
  { role: 'IoT Hub Registry Contributor', allows: l10n.t('Register, change, and delete devices') },
  { role: 'IoT Hub Data Contributor', allows: l10n.t('All of the above, and messages to devices') },
  { role: 'Reader', allows: l10n.t('See the hub, without its keys and devices') },
  {
    role: 'Contributor',
    allows: l10n.t('Read keys, change consumer groups, certificates, and routes, delete the hub'),
  },
];

/** Copies the command with which an authorized person assigns a role on the hub. */
export async function copyRoleAssignmentCommand(
  services: AzureNeeds,
  node?: Node,
  missing?: unknown,
): Promise<void> {
  const title = l10n.t('Copy Role Assignment Command');
  const entry = await pickAzureHub(services, node, title, 'assignRoles');
  const known = roles().find((one) => one.role === missing)?.role;
  const role = known ?? (await pickRole(`${title} (${entry.hub.name})`));
  const assignee = (await assigneeIn(services, entry)) ?? '--assignee "<user>"';
  await copy(
    `az role assignment create ${assignee} --role "${role}" --scope ${quoteAnyShell(entry.hub.id)}`,
    l10n.t('Command for assigning the role "{0}" copied', role),
  );
}

const pickRole = async (title: string) =>
  noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select what the account is allowed to do'),
      choices: roles().map((one) => ({ label: one.role, description: one.allows, value: one.role })),
    }),
  );

async function assigneeIn(
  { accounts }: AzureNeeds,
  { subscription: { account, tenantId } }: AzureHubEntry,
): Promise<string | undefined> {
  try {
    const resource = accounts.cloud().managementResource;
    return assigneeOptions((await accounts.token({ account, tenantId, resource })).token);
  } catch (error) {
    // The command is useful nevertheless; the user name has to be filled in.
    if (isIotError(error) && error.code === 'signInNeeded') return undefined;
    throw error;
  }
}
