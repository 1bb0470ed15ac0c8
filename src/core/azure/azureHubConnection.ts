import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { type EventHubConnection } from '../hub/eventHubConnection';
import { type HubConnection } from '../hub/hubConnection';
import { type TokenSource } from './accounts';
import { type AzureHub, type HubPolicy, type SubscriptionManagement } from './resources';

/** What signs the calls of a hub's service API. */
export type HubSigner = { readonly policy: HubPolicy } | { readonly tokens: TokenSource };

type Management = Pick<SubscriptionManagement, 'cloud' | 'tokens'>;

const defaultPorts = { mqttPort: 8883, httpsPort: 443, amqpPort: 5671 };

/**
 * The connection of a hub in Azure. A host name that includes a port serves every protocol there.
 * @param signer absent to get the address alone
 * @throws IotError `unreachable` when the hub has no host name yet
 */
export function azureHubConnection(
  hub: AzureHub,
  { cloud, tokens }: Management,
  signer: HubSigner | undefined,
): HubConnection {
  const { host, port } = hostOf(hub);
  const policy = signer && 'policy' in signer ? signer.policy : undefined;
  return {
    hostName: host,
    policyName: policy?.name ?? '',
    key: policy?.primaryKey ?? '',
    ...(signer && 'tokens' in signer ? { tokens: signer.tokens } : {}),
    ...(port === undefined ? defaultPorts : { mqttPort: port, httpsPort: port, amqpPort: port }),
    ...(cloud.caFile ? { caFile: cloud.caFile } : {}),
    ...(hub.isPublicAccessOff
      ? { limitedBy: 'closedNetwork' as const }
      : hub.hasIpRules
        ? { limitedBy: 'ipRules' as const }
        : {}),
    management: {
      endpoint: cloud.resourceManager,
      subscriptionId: hub.subscriptionId,
      resourceGroup: hub.resourceGroup,
      hubName: hub.name,
      credential: tokens,
    },
  };
}

/**
 * The event endpoint of a hub as Azure Resource Manager reports it: no redirect is needed.
 * @throws IotError `unreachable` when it is not reported, as while the hub is being created
 */
export function azureEventsConnection(
  hub: AzureHub,
  { cloud }: Pick<Management, 'cloud'>,
  policy: HubPolicy,
): EventHubConnection {
  const [, host, portText] =
    /^(?:sb|amqps):\/\/([^:/\s]+)(?::(\d{1,5}))?\/?$/i.exec(hub.events?.endpoint ?? '') ?? [];
  if (!hub.events || !host) {
    throw new IotError(
      'unreachable',
      l10n.t(
        'Hub "{0}" has no event endpoint yet; its state is {1}. Refresh when Azure has created it.',
        hub.name,
        stateOf(hub),
      ),
    );
  }
  const port = portText === undefined ? undefined : Number(portText);
  return {
    host,
    ...(port === undefined ? {} : { port, httpsPort: port }),
    policyName: policy.name,
    key: policy.primaryKey,
    entityPath: hub.events.path,
    ...(cloud.caFile ? { caFile: cloud.caFile } : {}),
    isPlain: false,
  };
}

function hostOf(hub: AzureHub): { readonly host: string; readonly port: number | undefined } {
  const [, host, port] = /^([^:/\s]+)(?::(\d{1,5}))?$/.exec(hub.hostName) ?? [];
  if (!host) {
    throw new IotError(
      'unreachable',
      l10n.t(
        'Hub "{0}" has no host name yet; its state is {1}. Refresh when Azure has created it.',
        hub.name,
        stateOf(hub),
      ),
    );
  }
  return { host, port: port === undefined ? undefined : Number(port) };
}

const stateOf = ({ state }: AzureHub) => state || l10n.t('unknown');
