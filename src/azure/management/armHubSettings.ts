import { type IotHubClient } from '@azure/arm-iothub';
import { type AzureHub } from '../../core/azure/resources';
import { abortable, isAbort } from '../../core/base/abort';
import { isSameText } from '../../core/base/sameText';
import { IotError } from '../../core/errors';
import { type HubConnection, type HubManagement } from '../../core/hub/hubConnection';
import {
  builtInEndpoint,
  deviceMessages,
  noManagement,
  type HubPolicyInfo,
  type HubQuota,
  type HubRoute,
  type HubRouting,
  type HubSettings,
  type HubStatistics,
} from '../../core/hub/hubSettings';
import { armClient, hubArmConnection } from './armClient';
import { type ArmWatch } from './armConnection';
import { ArmRest } from './armRest';
import { changeHub, routesOf } from './changeHub';
import { settingsFailure } from './hubFailure';
import { paging, type CallOptions } from './paging';
import { record, text } from './readFailure';
import { readHub, readPolicy } from './readHub';
import { readRouting } from './readRouting';

/** What Azure Resource Manager knows of a hub. @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource */
export async function openHubSettings(hub: HubConnection, watch: ArmWatch = {}): Promise<HubSettings> {
  const { management } = hub;
  if (!management) throw noManagement();
  const connection = await hubArmConnection(management, hub.caFile, watch);
  return new ArmHubSettings(
    armClient(connection, management.subscriptionId),
    new ArmRest(connection),
    management,
  );
}

/** The built-in endpoint's name in paths. */
const endpoint = builtInEndpoint;

class ArmHubSettings implements HubSettings {
  private readonly hubPath: readonly [resourceGroup: string, hubName: string];

  constructor(
    private readonly client: IotHubClient,
    private readonly rest: ArmRest,
    private readonly management: HubManagement,
  ) {
    this.hubPath = [management.resourceGroup, management.hubName];
  }

  async hub(signal?: AbortSignal): Promise<AzureHub> {
    return this.ask('read the facts', signal, async (options) =>
      readHub(await this.client.iotHubResource.get(...this.hubPath, options)),
    );
  }

  async consumerGroups(signal?: AbortSignal): Promise<readonly string[]> {
    return this.ask('read the consumer groups', signal, async () => {
      const names: string[] = [];
      const groups = this.client.iotHubResource.listEventHubConsumerGroups(
        ...this.hubPath,
        endpoint,
        paging(signal),
      );
      for await (const { name } of groups) if (name !== undefined) names.push(name);
      return names;
    });
  }

  async createConsumerGroup(name: string, signal?: AbortSignal): Promise<void> {
    await this.ask(`create consumer group "${name}"`, signal, (options) =>
      this.client.iotHubResource.createEventHubConsumerGroup(
        ...this.hubPath,
        endpoint,
        name,
        { properties: { name } },
        options,
      ),
    );
  }

  async deleteConsumerGroup(name: string, signal?: AbortSignal): Promise<void> {
    await this.ask(`delete consumer group "${name}"`, signal, (options) =>
      this.client.iotHubResource.deleteEventHubConsumerGroup(...this.hubPath, endpoint, name, options),
    );
  }

  async routing(signal?: AbortSignal): Promise<HubRouting> {
    return this.ask('read the routes', signal, async (options) =>
      readRouting(await this.client.iotHubResource.get(...this.hubPath, options)),
    );
  }

  async addRoute(route: HubRoute, signal?: AbortSignal): Promise<void> {
    const { name, source, condition, endpoints, isEnabled } = route;
    await this.ask(`add route "${name}"`, signal, () =>
      changeHub(
        this.rest,
        this.management,
        (routing) => {
          const routes = routesOf(routing);
          if (routes.some((one) => sameName(one['name'], name))) {
            throw new IotError(
              'alreadyExists',
              `Hub "${this.management.hubName}" has a route "${name}" already. Choose another name.`,
            );
          }
          const added = { name, source, condition, endpointNames: [...endpoints], isEnabled };
          return { ...routing, routes: [...routes, added] };
        },
        signal,
      ),
    );
  }

  async removeRoute(name: string, signal?: AbortSignal): Promise<void> {
    await this.ask(`remove route "${name}"`, signal, () =>
      changeHub(
        this.rest,
        this.management,
        (routing) => {
          const routes = routesOf(routing);
          const kept = routes.filter((one) => !sameName(one['name'], name));
          return kept.length === routes.length ? undefined : { ...routing, routes: kept };
        },
        signal,
      ),
    );
  }

  async setFallback(isOn: boolean, signal?: AbortSignal): Promise<void> {
    await this.ask(`switch the fallback route ${isOn ? 'on' : 'off'}`, signal, () =>
      changeHub(
        this.rest,
        this.management,
        (routing) => ({
          ...routing,
          fallbackRoute: { ...usualFallback, ...record(routing['fallbackRoute']), isEnabled: isOn },
        }),
        signal,
      ),
    );
  }

  async statistics(signal?: AbortSignal): Promise<HubStatistics> {
    return this.ask('read how many devices there are', signal, async (options) => {
      const { totalDeviceCount, enabledDeviceCount, disabledDeviceCount } =
        await this.client.iotHubResource.getStats(...this.hubPath, options);
      return {
        total: totalDeviceCount ?? 0,
        enabled: enabledDeviceCount ?? 0,
        disabled: disabledDeviceCount ?? 0,
      };
    });
  }

  async policies(signal?: AbortSignal): Promise<readonly HubPolicyInfo[]> {
    return this.ask('read the shared access policies', signal, async () => {
      const facts: HubPolicyInfo[] = [];
      for await (const rule of this.client.iotHubResource.listKeys(...this.hubPath, paging(signal))) {
        const { name, rights } = readPolicy(rule);
        facts.push({ name, rights });
      }
      return facts;
    });
  }

  async quota(signal?: AbortSignal): Promise<HubQuota | undefined> {
    return this.ask('read the quota', signal, async () => {
      const metrics = new Map<string, { readonly used: number; readonly limit: number }>();
      const list = this.client.iotHubResource.listQuotaMetrics(...this.hubPath, paging(signal));
      for await (const { name, currentValue, maxValue } of list) {
        if (name !== undefined && currentValue !== undefined && maxValue !== undefined)
          metrics.set(name, { used: currentValue, limit: maxValue });
      }
      const messages = metrics.get('TotalMessages');
      const devices = metrics.get('TotalDeviceCount');
      return messages && { ...messages, ...(devices ? { devices } : {}) };
    });
  }

  private async ask<T>(
    wanted: string,
    signal: AbortSignal | undefined,
    call: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    try {
      return await abortable(call(signal ? { abortSignal: signal } : {}), signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      throw settingsFailure(error, this.management, wanted);
    }
  }
}

const usualFallback = {
  name: '$fallback',
  source: deviceMessages,
  condition: 'true',
  endpointNames: [builtInEndpoint],
};

const sameName = (one: unknown, other: string) => isSameText(text(one), other);
