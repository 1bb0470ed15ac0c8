import * as l10n from '@vscode/l10n';
import { IotHubClient, type IotHubClientOptionalParams } from '@azure/arm-iothub';
import { type HubManagement } from '../../core/hub/hubConnection';
import { armTls, type ArmConnection, type ArmWatch } from './armConnection';
import { armPolicies } from './armPolicies';
import { tokensOf } from './tokenFile';

/** Policies of the SDK that are replaced for all calls: signing and retrying. */
const replaced = ['bearerTokenAuthenticationPolicy', 'defaultRetryPolicy'];

/** The SDK's client with the shared policies; the CA is trusted by this client alone. */
export function armClient(connection: ArmConnection, subscriptionId: string): IotHubClient {
  const options: IotHubClientOptionalParams & { readonly tlsOptions?: object } = {
    endpoint: connection.endpoint,
    ...(connection.tls ? { tlsOptions: connection.tls } : {}),
  };
  // Never called: the own policy signs.
  const client = new IotHubClient({ getToken: async () => null }, subscriptionId, options);
  for (const name of replaced) client.pipeline.removePolicy({ name });
  for (const policy of armPolicies(connection)) client.pipeline.addPolicy(policy, { phase: 'Sign' });
  return client;
}

/** The connection to the management of one hub. */
export async function hubArmConnection(
  management: HubManagement,
  caFile: string | undefined,
  watch: ArmWatch,
): Promise<ArmConnection> {
  return {
    ...watch,
    about: l10n.t('hub "{0}"', management.hubName),
    endpoint: management.endpoint,
    tokens: tokensOf(management.credential),
    tls: await armTls(caFile),
  };
}
