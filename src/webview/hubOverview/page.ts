import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { type Handlers, type Post, poster, type SavedState, savedStateSchema } from '../protocol';
import { type VsCodeApi } from '../shared/vscodeApi';
import {
  contract,
  toHost,
  type Change,
  type Draft,
  type OverviewState,
  type SectionName,
  type Sections,
  type toPage,
} from './api';

export const emptyRoute: Draft['route'] = {
  name: '',
  source: 'DeviceMessages',
  condition: 'true',
  endpoint: 'events',
};

/** State and actions of the page, which the views draw and call. Does not access the DOM. */
export class OverviewPage {
  state: OverviewState | null = null;
  draft: Draft = { groupName: '', isRouteOpen: false, route: emptyRoute };
  /** Why a change failed, until it is tried or edited again. */
  readonly problems = new Map<Change, string>();
  /** The change in progress. */
  pending: Change | null = null;
  /** For a screen reader. */
  announcement = '';
  readonly post: Post<typeof toHost>;
  /** Called with the id of the element that gets the focus when the focused one is removed. */
  onFocus: (id: string) => void = () => undefined;

  constructor(
    private readonly api: VsCodeApi,
    private readonly changed: () => void,
  ) {
    this.post = poster(toHost, (message) => api.postMessage(message));
    const saved = v.safeParse(savedStateSchema(contract.view), api.getState());
    if (saved.success) this.draft = saved.output.view.draft;
  }

  readonly handlers: Handlers<typeof toPage> = {
    state: (state) => {
      const before = this.state;
      this.state = state;
      if (before?.isLoading && !state.isLoading) this.#announce(loadedText(state));
      this.#save();
      this.changed();
    },
    done: ({ change, isMade, problem }) => {
      if (this.pending === change) this.pending = null;
      if (problem === null) this.problems.delete(change);
      else this.problems.set(change, problem);
      if (isMade) this.#made(change);
      this.changed();
    },
  };

  get isBusy(): boolean {
    return this.pending !== null || this.state?.working !== null;
  }

  section<K extends SectionName>(name: K): Sections[K] | null {
    return this.state?.sections[name] ?? null;
  }

  edit(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    this.#save();
    this.changed();
  }

  editRoute(change: Partial<Draft['route']>): void {
    this.problems.delete('addRoute');
    this.edit({ route: { ...this.draft.route, ...change } });
  }

  createConsumerGroup(): void {
    this.#begin('createConsumerGroup');
    this.post('createConsumerGroup', { name: this.draft.groupName.trim() });
  }

  deleteConsumerGroup(name: string): void {
    this.#begin('deleteConsumerGroup');
    this.post('deleteConsumerGroup', { name });
  }

  addRoute(): void {
    const { name, source, condition, endpoint } = this.draft.route;
    this.#begin('addRoute');
    this.post('addRoute', {
      name: name.trim(),
      source,
      condition: condition.trim(),
      endpoints: [endpoint],
      isEnabled: true,
    });
  }

  removeRoute(name: string): void {
    this.#begin('removeRoute');
    this.post('removeRoute', { name });
  }

  setFallback(isOn: boolean): void {
    this.#begin('setFallback');
    this.post('setFallback', { isOn });
  }

  openRouteForm(): void {
    this.edit({ isRouteOpen: true });
    this.onFocus('route-name');
  }

  closeRouteForm(): void {
    this.problems.delete('addRoute');
    this.edit({ isRouteOpen: false, route: emptyRoute });
    this.onFocus('add-route');
  }

  #begin(change: Change): void {
    this.pending = change;
    this.problems.delete(change);
    this.changed();
  }

  #made(change: Change): void {
    switch (change) {
      case 'createConsumerGroup':
        this.#announce(l10n.t('Consumer group {0} created.', this.draft.groupName.trim()));
        this.edit({ groupName: '' });
        return this.onFocus('group-name');
      case 'deleteConsumerGroup':
        this.#announce(l10n.t('Consumer group deleted.'));
        return this.onFocus('groups-title');
      case 'addRoute':
        this.#announce(l10n.t('Route {0} added.', this.draft.route.name.trim()));
        return this.closeRouteForm();
      case 'removeRoute':
        this.#announce(l10n.t('Route deleted.'));
        return this.onFocus('routes-title');
      case 'setFallback':
        return this.#announce(l10n.t('Fallback route updated.'));
    }
  }

  #save(): void {
    if (!this.state) return;
    const saved: SavedState<typeof contract.view> = {
      hub: this.state.hub,
      view: { draft: this.draft },
    };
    this.api.setState(saved);
  }

  #announce(text: string): void {
    // A live region does not announce the same text twice.
    this.announcement = this.announcement === text ? `${text}\u00a0` : text;
    this.changed();
  }
}

function loadedText({ sections, hub }: OverviewState): string {
  const failed = Object.values(sections).filter((section) => section?.problem).length;
  if (failed === 0) return l10n.t('Overview of {0} is up to date.', hub.name);
  return failed === 1
    ? l10n.t('1 section of the overview of {0} could not be read.', hub.name)
    : l10n.t('{0} sections of the overview of {1} could not be read.', failed, hub.name);
}
