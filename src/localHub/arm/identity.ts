import { randomUUID } from 'node:crypto';
import type { HubIdentity } from '../account/accountFile';
import { localTenantId } from '../account/ids';
import { objectOf, textOf } from '../http/bodyValues';
import { refuseAsProvider } from './errors';

const types = ['None', 'SystemAssigned', 'UserAssigned', 'SystemAssigned, UserAssigned'];
const withoutSpaces = (text: string): string => text.replaceAll(' ', '').toLowerCase();

/**
 * Reads `identity` in the description of a hub. Identities that the hub already has keep their ids.
 * @throws ArmError 400, HubError ArgumentInvalid
 */
export function readIdentity(value: unknown, existing: HubIdentity | undefined): HubIdentity | undefined {
  if ((value ?? null) === null) return existing;
  const { type: givenType, userAssignedIdentities } = objectOf(value, 'identity');
  const given = textOf(givenType, 'identity.type') ?? 'None';
  const type =
    types.find((one) => withoutSpaces(one) === withoutSpaces(given)) ??
    refuseAsProvider(400, 400_000, 'BadRequest', `Invalid identity type '${given}'.`);
  if (type === 'None') return undefined;
  const before = new Map(Object.entries(existing?.userAssignedIdentities ?? {}));
  // A resource id with null is removed.
  const wanted = Object.entries(objectOf(userAssignedIdentities, 'identity.userAssignedIdentities')).filter(
    ([, one]) => one !== null,
  );
  return {
    type,
    ...(type.startsWith('System')
      ? { principalId: existing?.principalId ?? randomUUID(), tenantId: localTenantId }
      : {}),
    ...(type.endsWith('UserAssigned')
      ? {
          userAssignedIdentities: Object.fromEntries(
            wanted.map(([id]) => [
              id,
              before.get(id) ?? { principalId: randomUUID(), clientId: randomUUID() },
            ]),
          ),
        }
      : {}),
  };
}
