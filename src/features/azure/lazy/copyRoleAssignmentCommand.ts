import { assigneeOf } from '../../../core/azure/accessToken';
import { type AzureHubEntry } from '../../../core/azure/azureDirectory';
import { isIotError } from '../../../core/errors';
import { type Node } from '../../../explorer/nodes';
import { copy } from '../../../workbench/clipboard';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type AzureNeeds } from '../needs';
import { pickAzureHub } from './pickAzure';

/**
 * What may be done by which role; the first that does is the least.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad#manage-access-to-iot-hub-by-using-azure-rbac-role-assignment
 */
const roles = [
  { role: 'IoT Hub Data Reader', allows: 'read devices, twins and queries by Microsoft Entra ID' },
  { role: 'IoT Hub Twin Contributor', allows: 'read and change device twins' },
  { role: 'IoT Hub Registry Contributor', allows: 'register, change and delete devices' },
  { role: 'IoT Hub Data Contributor', allows: 'all of this, and messages to devices' },
  { role: 'Reader', allows: 'see the hub, without its keys and devices' },
  {
    role: 'Contributor',
    allows: 'read its keys, change consumer groups, certificates and routes, delete it',
  },
] as const;

/** The line with which somebody who may do so gives a role on the hub; to the clipboard. */
export async function copyRoleAssignmentCommand(
  services: AzureNeeds,
  node?: Node,
  missing?: unknown,
): Promise<void> {
  const title = 'Copy Role Assignment Command';
  const entry = await pickAzureHub(services, node, title, 'assignRoles');
  const known = roles.find((one) => one.role === missing)?.role;
  const role = known ?? (await pickRole(`${title} (${entry.hub.name})`));
  const assignee = (await assigneeIn(services, entry)) ?? '<your user>';
  await copy(
    `az role assignment create --assignee "${assignee}" --role "${role}" --scope "${entry.hub.id}"`,
    `Command that gives the role ${role} copied`,
  );
}

const pickRole = async (title: string) =>
  noBack(
    await pickOne({
      title,
      placeholder: 'What should the account be allowed to do?',
      choices: roles.map((one) => ({ label: one.role, description: one.allows, value: one.role })),
    }),
  );

async function assigneeIn(
  { accounts }: AzureNeeds,
  { subscription: { account, tenantId } }: AzureHubEntry,
): Promise<string | undefined> {
  try {
    const resource = accounts.cloud().managementResource;
    return assigneeOf((await accounts.token({ account, tenantId, resource })).token);
  } catch (error) {
    // The line is of use all the same, for who fills in the user.
    if (isIotError(error) && error.code === 'signInNeeded') return undefined;
    throw error;
  }
}
