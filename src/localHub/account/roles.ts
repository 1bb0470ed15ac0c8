/** A built-in Azure RBAC role, reduced to what concerns hubs. */
export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

/** @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/internet-of-things */
export const roleDefinitions: readonly RoleDefinition[] = [
  {
    id: '4fc6c259-987e-4a07-842e-c321cc9d413f',
    name: 'IoT Hub Data Contributor',
    description: 'Allows for full access to IoT Hub data plane operations.',
    actions: [],
    dataActions: ['Microsoft.Devices/IotHubs/*'],
  },
  {
    id: 'b447c946-2db7-41ec-983d-d8bf3b1c77e3',
    name: 'IoT Hub Data Reader',
    description: 'Allows for full read access to IoT Hub data-plane properties',
    actions: [],
    dataActions: [
      'Microsoft.Devices/IotHubs/*/read',
      'Microsoft.Devices/IotHubs/fileUpload/notifications/action',
    ],
  },
  {
    id: '4ea46cd5-c1b2-4a8e-910b-273211f9ce47',
    name: 'IoT Hub Registry Contributor',
    description: 'Allows for full access to IoT Hub device registry.',
    actions: [],
    dataActions: ['Microsoft.Devices/IotHubs/devices/*'],
  },
  {
    id: '494bdba2-168f-4f31-a0a1-191d2f7c028c',
    name: 'IoT Hub Twin Contributor',
    description: 'Allows for read and write access to all IoT Hub device and module twins.',
    actions: [],
    dataActions: ['Microsoft.Devices/IotHubs/twins/*'],
  },
  {
    id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    name: 'Owner',
    description: 'Grants full access to manage all resources, not to the data in them.',
    actions: ['*'],
    dataActions: [],
  },
  {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    name: 'Reader',
    description: 'View all resources, but does not allow you to make any changes.',
    actions: ['*/read'],
    dataActions: [],
  },
];

export const findRole = (id: string): RoleDefinition | undefined =>
  roleDefinitions.find((role) => role.id === id.toLowerCase());

/** Whether an action matches a pattern, in which one `*` may stand for any text. */
export function covers(pattern: string, action: string): boolean {
  const text = action.toLowerCase();
  const [start = '', end] = pattern.toLowerCase().split('*');
  if (end === undefined) return text === start;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
