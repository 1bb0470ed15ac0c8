import * as l10n from '@vscode/l10n';
import { listText } from '../base/lists';
import { IotError } from '../errors';
import { type HubRight } from '../hub/hubConnection';
import { type HubPolicy } from './resources';

/** The policies that every new hub has, the least privileged first. A custom one comes before `iothubowner`. */
const wellKnown = ['registryread', 'service', 'device', 'registryreadwrite'];
const owner = 'iothubowner';

/**
 * The policy with the fewest rights that has all requested ones; `iothubowner` only if no other does.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions
 * @throws IotError `forbidden` when none has them
 */
export function leastPrivilegedPolicy(
  policies: readonly HubPolicy[],
  rights: readonly HubRight[],
  hubName: string,
): HubPolicy {
  const [weakest] = policies
    .filter((policy) => rights.every((right) => policy.rights.includes(right)))
    .toSorted((one, other) => one.rights.length - other.rights.length || rank(one) - rank(other));
  if (weakest) return weakest;
  throw new IotError(
    'forbidden',
    l10n.t(
      'No shared access policy of hub "{0}" grants {1}. Add one in the Azure portal under "Shared access policies".',
      hubName,
      listText(rights),
    ),
  );
}

function rank({ name }: HubPolicy): number {
  const known = wellKnown.indexOf(name.toLowerCase());
  if (known >= 0) return known;
  return name.toLowerCase() === owner ? wellKnown.length + 1 : wellKnown.length;
}
