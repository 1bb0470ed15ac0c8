import { type HubPolicy } from '../core/azure/resources';
import { byName } from '../core/base/sorting';
import { type Services } from '../services';
import { type Choice } from '../workbench/prompts';

/**
 * The shared access policies of a hub of an account, those with the fewest rights first; `undefined` for a hub
 * that a connection string alone is known of. For one call: they hold keys.
 */
export async function policiesOf(
  { azure, management }: Pick<Services, 'azure' | 'management'>,
  hubId: string,
  signal?: AbortSignal,
): Promise<readonly HubPolicy[] | undefined> {
  const entry = azure.find(hubId);
  if (!entry) return undefined;
  const policies = await management.forSubscription(entry.subscription).policies(entry.hub, signal);
  return policies.toSorted((one, other) => one.rights.length - other.rights.length || byName(one, other));
}

export const policyChoice = (policy: HubPolicy): Choice<HubPolicy> => ({
  label: policy.name,
  description: policy.rights.join(', '),
  value: policy,
});
