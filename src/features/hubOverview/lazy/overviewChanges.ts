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

/** One change of a hub: asked for, made, and seen in a part of the overview. */
export interface HubChange {
  readonly change: Change;
  readonly section: SectionName;
  /** What is being done, for progress. */
  readonly title: string;
  /** Asks the person. @throws the silent abort when the answer is no, IotError when it cannot be done */
  readonly prepare: () => Promise<void>;
  readonly make: (settings: HubSettings, signal: AbortSignal) => Promise<void>;
}

export const createConsumerGroup = (name: string): HubChange => ({
  change: 'createConsumerGroup',
  section: 'consumerGroups',
  title: `Creating consumer group ${name}`,
  prepare: async () => refuse(consumerGroupNameProblem(name)),
  make: (settings, signal) => settings.createConsumerGroup(name, signal),
});

export const deleteConsumerGroup = (hubName: string, name: string): HubChange => ({
  change: 'deleteConsumerGroup',
  section: 'consumerGroups',
  title: `Deleting consumer group ${name}`,
  prepare: async () => {
    if (name === defaultConsumerGroup) refuse(`${defaultConsumerGroup} cannot be deleted.`);
    await confirm(
      `Delete consumer group "${name}" of ${hubName}?`,
      'Programs that read with it are cut off. Messages stay as they are.',
      'Delete',
    );
  },
  make: (settings, signal) => settings.deleteConsumerGroup(name, signal),
});

export const addRoute = (route: Route, routing: HubRouting | undefined): HubChange => ({
  change: 'addRoute',
  section: 'routing',
  title: `Adding route ${route.name}`,
  prepare: async () => {
    refuse(routeNameProblem(route.name, routing?.routes.map(({ name }) => name) ?? []));
    refuse(routeConditionProblem(route.condition));
    const known = [builtInEndpoint, ...(routing?.endpoints.map(({ name }) => name) ?? [])];
    const unknown = route.endpoints.find((endpoint) => !known.includes(endpoint));
    if (unknown !== undefined) refuse(`There is no endpoint "${unknown}" any more. Choose another one.`);
  },
  make: (settings, signal) => settings.addRoute(route, signal),
});

export const removeRoute = (hubName: string, name: string, routing: HubRouting | undefined): HubChange => ({
  change: 'removeRoute',
  section: 'routing',
  title: `Removing route ${name}`,
  prepare: () =>
    confirm(
      `Remove route "${name}" of ${hubName}?`,
      routing ? removalEffect(routing, name) : 'What it takes may go nowhere from then on.',
      'Remove',
    ),
  make: (settings, signal) => settings.removeRoute(name, signal),
});

export const setFallback = (hubName: string, isOn: boolean, routing: HubRouting | undefined): HubChange => ({
  change: 'setFallback',
  section: 'routing',
  title: `Switching the fallback route ${isOn ? 'on' : 'off'}`,
  // Only what loses messages is asked for.
  prepare: async () => {
    if (isOn) return;
    await confirm(
      `Switch the fallback route of ${hubName} off?`,
      routing
        ? routingEffect({ ...routing, isFallbackOn: false }).text
        : 'Messages that match no route are dropped.',
      'Switch Off',
    );
  },
  make: (settings, signal) => settings.setFallback(isOn, signal),
});

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new IotError('invalidInput', problem);
}
