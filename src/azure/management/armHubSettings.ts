import * as l10n from '@vscode/l10n';
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

/** The settings of a hub over Azure Resource Manager. @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource */
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
    const outcome = l10n.t('The properties of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async (options) =>
      readHub(await this.client.iotHubResource.get(...this.hubPath, options)),
    );
  }

  async consumerGroups(signal?: AbortSignal): Promise<readonly string[]> {
    const outcome = l10n.t('The consumer groups of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async () => {
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
    const outcome = l10n.t('Consumer group "{0}" could not be created.', name);
    await this.ask(outcome, signal, (options) =>
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
    const outcome = l10n.t('Consumer group "{0}" could not be deleted.', name);
    await this.ask(outcome, signal, (options) =>
      this.client.iotHubResource.deleteEventHubConsumerGroup(...this.hubPath, endpoint, name, options),
    );
  }

  async routing(signal?: AbortSignal): Promise<HubRouting> {
    const outcome = l10n.t('The routes of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async (options) =>
      readRouting(await this.client.iotHubResource.get(...this.hubPath, options)),
    );
  }

  async addRoute(route: HubRoute, signal?: AbortSignal): Promise<void> {
    const { name, source, condition, endpoints, isEnabled } = route;
    await this.ask(l10n.t('Route "{0}" could not be added.', name), signal, () =>
      changeHub(
        this.rest,
        this.management,
        (routing) => {
          const routes = routesOf(routing);
          if (routes.some((one) => sameName(one['name'], name))) {
            throw new IotError(
              'alreadyExists',
              l10n.t('Hub "{0}" already has a route "{1}". Enter another name.', this.hubName, name),
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
    await this.ask(l10n.t('Route "{0}" could not be removed.', name), signal, () =>
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
    const outcome = isOn
      ? l10n.t('The fallback route could not be enabled.')
      : l10n.t('The fallback route could not be disabled.');
    await this.ask(outcome, signal, () =>
      changeHub(
        this.rest,
        this.management,
        (routing) => ({
          ...routing,
          fallbackRoute: { ...defaultFallback, ...record(routing['fallbackRoute']), isEnabled: isOn },
        }),
        signal,
      ),
    );
  }

  async statistics(signal?: AbortSignal): Promise<HubStatistics> {
    const outcome = l10n.t('The device count of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async (options) => {
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
    const outcome = l10n.t('The shared access policies of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async () => {
      const policies: HubPolicyInfo[] = [];
      for await (const rule of this.client.iotHubResource.listKeys(...this.hubPath, paging(signal))) {
        const { name, rights } = readPolicy(rule);
        policies.push({ name, rights });
      }
      return policies;
    });
  }

  async quota(signal?: AbortSignal): Promise<HubQuota | undefined> {
    const outcome = l10n.t('The quota of hub "{0}" could not be read.', this.hubName);
    return this.ask(outcome, signal, async () => {
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

  private get hubName(): string {
    return this.management.hubName;
  }

  private async ask<T>(
    outcome: string,
    signal: AbortSignal | undefined,
    call: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    try {
      return await abortable(call(signal ? { abortSignal: signal } : {}), signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      throw settingsFailure(error, this.management, outcome);
    }
  }
}

const defaultFallback = {
  name: '$fallback',
  source: deviceMessages,
  condition: 'true',
  endpointNames: [builtInEndpoint],
};

const sameName = (one: unknown, other: string) => isSameText(text(one), other);
