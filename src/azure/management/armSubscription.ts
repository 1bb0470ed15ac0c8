import * as l10n from '@vscode/l10n';
import { type IotHubClient } from '@azure/arm-iothub';
import { type TokenSource } from '../../core/azure/accounts';
import { type AzureCloud } from '../../core/azure/azureCloud';
import { type NewHub } from '../../core/azure/newHub';
import {
  type AzureHub,
  type AzureSubscription,
  type StateListener,
  type HubPolicy,
  type HubProvider,
  type HubReference,
  type Region,
  type Resource,
  type ResourceGroup,
  type SubscriptionManagement,
} from '../../core/azure/resources';
import { abortable, isAbort } from '../../core/base/abort';
import { IotError, isIotError } from '../../core/errors';
import { apiVersions } from './apiVersions';
import { armClient } from './armClient';
import { armFailure } from './armFailure';
import { armTls, type ArmConnection, type ArmWatch } from './armConnection';
import { ArmRest } from './armRest';
import { finish } from './longOperation';
import { paging } from './paging';
import { readFailure } from './readFailure';
import { untilReplicated, type Replication } from './replication';
import { readHub, readPolicy } from './readHub';
import { untilRegistered } from './providerRegistration';
import { readGroup, readProvider, readRegion, readResource } from './readResources';
import { writeHub } from './writeHub';

export interface SubscriptionConnection {
  readonly subscription: AzureSubscription;
  readonly cloud: AzureCloud;
  readonly tokens: TokenSource;
  readonly hubTokens: TokenSource;
  readonly watch: ArmWatch;
  readonly replication: Replication;
}

interface Arm {
  readonly rest: ArmRest;
  readonly client: IotHubClient;
}

/** One subscription: hubs by the SDK as far as it can read them, the rest by its pipeline. */
export class ArmSubscription implements SubscriptionManagement {
  readonly cloud: AzureCloud;
  readonly tokens: TokenSource;
  readonly hubTokens: TokenSource;
  private arm: Promise<Arm> | undefined;

  constructor(private readonly connection: SubscriptionConnection) {
    ({ cloud: this.cloud, tokens: this.tokens, hubTokens: this.hubTokens } = connection);
  }

  async resourceGroups(signal?: AbortSignal): Promise<readonly ResourceGroup[]> {
    const outcome = l10n.t('The resource groups of subscription "{0}" could not be read.', this.name);
    return this.ask(outcome, signal, async ({ rest }) =>
      (await rest.list(this.groups(), signal)).map(readGroup),
    );
  }

  async resourceGroup(name: string, signal?: AbortSignal): Promise<ResourceGroup | undefined> {
    const outcome = l10n.t('Resource group "{0}" could not be read.', name);
    return this.ask(outcome, signal, async ({ rest }) => {
      const body = await found(rest.get(this.groups(name), { signal }));
      return body && readGroup(body.body);
    });
  }

  /** An existing group is not touched: the same request would replace its tags. */
  async createResourceGroup(
    { name, location, tags }: ResourceGroup,
    signal?: AbortSignal,
  ): Promise<ResourceGroup> {
    const outcome = l10n.t('Resource group "{0}" could not be created.', name);
    return this.ask(outcome, signal, async ({ rest }) => {
      if (await found(rest.get(this.groups(name), { signal }))) {
        throw new IotError(
          'alreadyExists',
          l10n.t('Resource group "{0}" already exists. Select it, or enter another name.', name),
          { detail: 'ResourceGroupExists' },
        );
      }
      const group = readGroup((await rest.put(this.groups(name), { body: { location, tags }, signal })).body);
      this.replication.add(this.groups(name));
      return group;
    });
  }

  async deleteResourceGroup(name: string, follow?: StateListener, signal?: AbortSignal): Promise<void> {
    const outcome = l10n.t('Resource group "{0}" could not be deleted.', name);
    await this.ask(outcome, signal, ({ rest }) => this.remove(rest, this.groups(name), follow, signal));
  }

  async resourcesOf(group: string, signal?: AbortSignal): Promise<readonly Resource[]> {
    const path = `${this.base}/resourceGroups/${encodeURIComponent(group)}/resources?api-version=${apiVersions.resources}`;
    const outcome = l10n.t('The resources of resource group "{0}" could not be read.', group);
    return this.ask(outcome, signal, async ({ rest }) => (await rest.list(path, signal)).map(readResource));
  }

  async regions(signal?: AbortSignal): Promise<readonly Region[]> {
    const path = `${this.base}/locations?api-version=${apiVersions.subscriptions}`;
    const outcome = l10n.t('The regions of subscription "{0}" could not be read.', this.name);
    return this.ask(outcome, signal, async ({ rest }) =>
      (await rest.list(path, signal)).map(readRegion).filter((region) => region !== undefined),
    );
  }

  async provider(signal?: AbortSignal): Promise<HubProvider> {
    const outcome = l10n.t('The regions that offer IoT hubs could not be read.');
    return this.ask(outcome, signal, ({ rest }) => this.readProvider(rest, signal));
  }

  async registerProvider(follow?: StateListener, signal?: AbortSignal): Promise<void> {
    const outcome = l10n.t('The resource provider Microsoft.Devices could not be registered.');
    await this.ask(outcome, signal, async ({ rest }) => {
      const { body } = await rest.post(this.providers('/register'), { signal });
      await untilRegistered(readProvider(body), () => this.readProvider(rest, signal), follow, signal);
    });
  }

  async hubs(signal?: AbortSignal): Promise<readonly AzureHub[]> {
    const outcome = l10n.t('The hubs of subscription "{0}" could not be read.', this.name);
    return this.ask(outcome, signal, async ({ client }) => {
      const hubs: AzureHub[] = [];
      for await (const hub of client.iotHubResource.listBySubscription(paging(signal)))
        hubs.push(readHub(hub));
      return hubs;
    });
  }

  async hub({ resourceGroup, name }: HubReference, signal?: AbortSignal): Promise<AzureHub | undefined> {
    return this.ask(l10n.t('Hub "{0}" could not be read.', name), signal, async ({ client }) => {
      const hub = await found(client.iotHubResource.get(resourceGroup, name, options(signal)));
      return hub && readHub(hub);
    });
  }

  async policies({ resourceGroup, name }: HubReference, signal?: AbortSignal): Promise<readonly HubPolicy[]> {
    const outcome = l10n.t('The keys of hub "{0}" could not be read.', name);
    return this.ask(outcome, signal, async ({ client }) => {
      return this.replication.retry(this.hubPath({ resourceGroup, name }), signal, async () => {
        const policies: HubPolicy[] = [];
        const rules = client.iotHubResource.listKeys(resourceGroup, name, paging(signal));
        for await (const rule of rules) policies.push(readPolicy(rule));
        return policies;
      });
    });
  }

  async hubNameProblem(name: string, signal?: AbortSignal): Promise<string | undefined> {
    const outcome = l10n.t('The availability of the name "{0}" could not be checked.', name);
    return this.ask(outcome, signal, async ({ client }) => {
      const { nameAvailable, message } = await client.iotHubResource.checkNameAvailability(
        { name },
        options(signal),
      );
      return nameAvailable
        ? undefined
        : message?.trim() || l10n.t('The name "{0}" is not available. Enter another name.', name);
    });
  }

  async createHub(hub: NewHub, follow?: StateListener, signal?: AbortSignal): Promise<AzureHub> {
    const { resourceGroup, name } = hub;
    const outcome = l10n.t('Hub "{0}" could not be created.', name);
    await this.ask(outcome, signal, async ({ rest }) => {
      const resource = this.hubPath(hub);
      const started = await this.replication.retry(this.groups(resourceGroup), signal, () =>
        rest.put(resource, { body: writeHub(hub), signal }),
      );
      this.replication.add(resource);
      await finish(rest, started, {
        resource,
        method: 'PUT',
        follow,
        signal,
        lookAgain: (look) => this.replication.retry(resource, signal, look),
      });
    });
    return this.awaitHub(hub, signal);
  }

  async awaitHub({ resourceGroup, name }: HubReference, signal?: AbortSignal): Promise<AzureHub> {
    return this.ask(l10n.t('Hub "{0}" could not be read.', name), signal, async ({ client }) => {
      const { pause, isServing } = this.replication;
      const read = () => found(client.iotHubResource.get(resourceGroup, name, options(signal)));
      const description = await untilReplicated(read, signal, pause);
      if (!description) throw notReady(name);
      const hub = readHub(description);
      const look = async () => (await isServing(hub, this.cloud.caFile, signal)) || undefined;
      if (!(await untilReplicated(look, signal, pause))) throw notReady(name);
      return hub;
    });
  }

  async deleteHub(hub: HubReference, follow?: StateListener, signal?: AbortSignal): Promise<void> {
    const outcome = l10n.t('Hub "{0}" could not be deleted.', hub.name);
    await this.ask(outcome, signal, ({ rest }) => this.remove(rest, this.hubPath(hub), follow, signal));
    this.replication.delete(this.hubPath(hub));
  }

  /** A resource that no longer exists counts as deleted. */
  private async remove(
    rest: ArmRest,
    resource: string,
    follow?: StateListener,
    signal?: AbortSignal,
  ): Promise<void> {
    const started = await found(rest.delete(resource, { signal }));
    if (started) await finish(rest, started, { resource, method: 'DELETE', follow, signal });
  }

  private get replication(): Replication {
    return this.connection.replication;
  }

  private async readProvider(rest: ArmRest, signal?: AbortSignal): Promise<HubProvider> {
    return readProvider((await rest.get(this.providers(), { signal })).body);
  }

  private get name(): string {
    return this.connection.subscription.name;
  }

  private get base(): string {
    return `/subscriptions/${encodeURIComponent(this.connection.subscription.id)}`;
  }

  private groups(name?: string): string {
    const one = name === undefined ? '' : `/${encodeURIComponent(name)}`;
    return `${this.base}/resourcegroups${one}?api-version=${apiVersions.resources}`;
  }

  private providers(action = ''): string {
    return `${this.base}/providers/Microsoft.Devices${action}?api-version=${apiVersions.resources}`;
  }

  private hubPath({ resourceGroup, name }: HubReference): string {
    return `${this.base}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.Devices/IotHubs/${encodeURIComponent(name)}?api-version=${apiVersions.hubs}`;
  }

  private async ask<T>(
    outcome: string,
    signal: AbortSignal | undefined,
    call: (arm: Arm) => Promise<T>,
  ): Promise<T> {
    const { cloud } = this.connection;
    try {
      return await abortable(this.open().then(call), signal);
    } catch (error) {
      if (isAbort(error) || isIotError(error)) throw error;
      throw armFailure(error, {
        outcome,
        subscription: this.name,
        endpoint: cloud.resourceManager,
        isAccount: true,
      });
    }
  }

  private open(): Promise<Arm> {
    const { subscription, cloud, tokens, watch } = this.connection;
    this.arm ??= armTls(cloud.caFile).then((tls) => {
      const about = l10n.t('subscription "{0}"', subscription.name);
      const connection: ArmConnection = { ...watch, about, endpoint: cloud.resourceManager, tokens, tls };
      return { rest: new ArmRest(connection), client: armClient(connection, subscription.id) };
    });
    // A file that could not be read may exist next time.
    this.arm.catch(() => (this.arm = undefined));
    return this.arm;
  }
}

const notReady = (name: string) =>
  new IotError(
    'notReady',
    l10n.t(
      'Azure has created hub "{0}", but it is not ready yet: not all servers of Azure know it. This can take some minutes.',
      name,
    ),
  );

const options = (signal?: AbortSignal) => (signal ? { abortSignal: signal } : {});

/** `undefined` when it or its resource group does not exist; an inaccessible subscription is a failure. */
async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const { status, code } = readFailure(error);
    if (status === 404 && !code.includes('Subscription')) return undefined;
    throw error;
  }
}
