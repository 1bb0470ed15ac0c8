import { IotHubClient, type IotHubClientOptionalParams } from '@azure/arm-iothub';
import { type HubManagement } from '../../core/hub/hubConnection';
import { armTls, type ArmConnection, type ArmWatch } from './armConnection';
import { armPolicies } from './armPolicies';
import { tokensOf } from './tokenFile';

/** Names of what the SDK does by itself, and we do for all calls alike: sign once, and try again. */
const replaced = ['bearerTokenAuthenticationPolicy', 'defaultRetryPolicy'];

/** The SDK's client, with every call through our policies; the authority is trusted by this client alone. */
export function armClient(connection: ArmConnection, subscriptionId: string): IotHubClient {
  const options: IotHubClientOptionalParams & { readonly tlsOptions?: object } = {
    endpoint: connection.endpoint,
    ...(connection.tls ? { tlsOptions: connection.tls } : {}),
  };
  // Never asked: our own policy signs.
  const client = new IotHubClient({ getToken: async () => null }, subscriptionId, options);
  for (const name of replaced) client.pipeline.removePolicy({ name });
  for (const policy of armPolicies(connection)) client.pipeline.addPolicy(policy, { phase: 'Sign' });
  return client;
}

/** How the management of one hub is reached. */
export async function hubArmConnection(
  management: HubManagement,
  caFile: string | undefined,
  watch: ArmWatch,
): Promise<ArmConnection> {
  return {
    ...watch,
    about: `hub "${management.hubName}"`,
    endpoint: management.endpoint,
    tokens: tokensOf(management.credential),
    tls: await armTls(caFile),
  };
}
