import * as l10n from '@vscode/l10n';
import { classicHostOf } from '../hub/hubHosts';
import { IotError } from '../errors';
import { type HubDirectory } from '../hub/hubDirectory';
import { type AzureDirectory } from './azureDirectory';
import { type HubLocation } from './discoveredResources';
import { type AzureSubscription } from './resources';

export interface LocationSources {
  readonly azure: Pick<AzureDirectory, 'hubs' | 'find' | 'refresh'>;
  readonly hubs: Pick<HubDirectory, 'find' | 'connection'>;
}

/** Finds the hubs of created resources in the tree. */
export class HubLocations {
  constructor(private readonly sources: LocationSources) {}

  /** The tree connects to hubs that it has read; one that was created in another window may be missing yet. */
  async ensureInTree(hubId: string, subscription: AzureSubscription, signal?: AbortSignal): Promise<void> {
    const { azure } = this.sources;
    await azure.hubs(subscription, signal);
    if (azure.find(hubId)) return;
    azure.refresh(subscription);
    await azure.hubs(subscription, signal);
    if (azure.find(hubId)) return;
    throw new IotError(
      'setupMissing',
      l10n.t(
        'Subscription "{0}" is hidden in the tree. Select it there and run Clean Up again.',
        subscription.name,
      ),
      { action: { kind: 'chooseSubscriptions' } },
    );
  }

  /** @throws IotError `setupMissing` when the hub is not in the list */
  async locate(
    hubId: string,
    subscription: AzureSubscription | undefined,
    signal?: AbortSignal,
  ): Promise<HubLocation> {
    const hub = this.sources.hubs.find(hubId);
    if (!hub) {
      throw new IotError(
        'setupMissing',
        l10n.t('This hub was removed from the list. Delete its resources with another tool.'),
      );
    }
    const { hostName } = await this.sources.hubs.connection(hubId, [], signal);
    return {
      hubId,
      hubName: hub.name,
      hostName: classicHostOf(hostName.toLowerCase()),
      isLocal: hub.kind === 'local',
      ...(subscription ? { subscription } : {}),
    };
  }

  /** For a hub by connection string: nothing is started or requested for it. */
  async hostNameOf(hubId: string, signal?: AbortSignal): Promise<string | undefined> {
    const hub = this.sources.hubs.find(hubId);
    if (hub?.kind !== 'connectionString') return undefined;
    const connection = await this.sources.hubs.connection(hubId, [], signal).catch(() => undefined);
    return connection && classicHostOf(connection.hostName.toLowerCase());
  }
}
