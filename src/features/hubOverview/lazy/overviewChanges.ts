import * as l10n from '@vscode/l10n';
import { IotError } from '../../../core/errors';
import {
  builtInEndpoint,
  consumerGroupNameProblem,
  defaultConsumerGroup,
  routeNameProblem,
  type HubRouting,
  type HubSettings,
} from '../../../core/hub/hubSettings';
import { routeConditionProblem } from '../../../core/hub/routeCondition';
import { removalEffect, routingEffect } from '../../../core/hub/routingEffect';
import { type Change, type Route, type SectionName } from '../../../webview/hubOverview/api';
import { confirm } from '../../../workbench/prompts';

/** A change of a hub, and the section of the overview that shows it. */
export interface HubChange {
  readonly change: Change;
  readonly section: SectionName;
  /** Title of the progress notification. */
  readonly title: string;
  /** Validates and confirms. @throws the silent abort if it is not confirmed, IotError if it is not possible */
  readonly prepare: () => Promise<void>;
  readonly make: (settings: HubSettings, signal: AbortSignal) => Promise<void>;
}

export const createConsumerGroup = (name: string): HubChange => ({
  change: 'createConsumerGroup',
  section: 'consumerGroups',
  title: l10n.t('Creating consumer group "{0}"', name),
  prepare: async () => refuse(consumerGroupNameProblem(name)),
  make: (settings, signal) => settings.createConsumerGroup(name, signal),
});

export const deleteConsumerGroup = (hubName: string, name: string): HubChange => ({
  change: 'deleteConsumerGroup',
  section: 'consumerGroups',
  title: l10n.t('Deleting consumer group "{0}"', name),
  prepare: async () => {
    if (name === defaultConsumerGroup) refuse(l10n.t('Consumer group "{0}" cannot be deleted.', name));
    await confirm(
      l10n.t('Delete consumer group "{0}" of {1}?', name, hubName),
      l10n.t('Applications that use this consumer group will be disconnected. Messages are not deleted.'),
      l10n.t('Delete'),
    );
  },
  make: (settings, signal) => settings.deleteConsumerGroup(name, signal),
});

export const addRoute = (route: Route, routing: HubRouting | undefined): HubChange => ({
  change: 'addRoute',
  section: 'routing',
  title: l10n.t('Adding route "{0}"', route.name),
  prepare: async () => {
    refuse(routeNameProblem(route.name, routing?.routes.map(({ name }) => name) ?? []));
    refuse(routeConditionProblem(route.condition));
    const known = [builtInEndpoint, ...(routing?.endpoints.map(({ name }) => name) ?? [])];
    const unknown = route.endpoints.find((endpoint) => !known.includes(endpoint));
    if (unknown !== undefined)
      refuse(l10n.t('Endpoint "{0}" no longer exists. Select another one.', unknown));
  },
  make: (settings, signal) => settings.addRoute(route, signal),
});

export const removeRoute = (hubName: string, name: string, routing: HubRouting | undefined): HubChange => ({
  change: 'removeRoute',
  section: 'routing',
  title: l10n.t('Deleting route "{0}"', name),
  prepare: () =>
    confirm(
      l10n.t('Delete route "{0}" of {1}?', name, hubName),
      routing ? removalEffect(routing, name) : l10n.t('Messages that match it may no longer be delivered.'),
      l10n.t('Delete'),
    ),
  make: (settings, signal) => settings.removeRoute(name, signal),
});

export const setFallback = (hubName: string, isOn: boolean, routing: HubRouting | undefined): HubChange => ({
  change: 'setFallback',
  section: 'routing',
  title: isOn ? l10n.t('Enabling the fallback route') : l10n.t('Disabling the fallback route'),
  // Only a change that may lose messages is confirmed.
  prepare: async () => {
    if (isOn) return;
    await confirm(
      l10n.t('Disable the fallback route of {0}?', hubName),
      routing
        ? routingEffect({ ...routing, isFallbackOn: false }).text
        : l10n.t('Messages that match no route are dropped.'),
      l10n.t('Disable'),
    );
  },
  make: (settings, signal) => settings.setFallback(isOn, signal),
});

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new IotError('invalidInput', problem);
}
