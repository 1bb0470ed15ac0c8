import { describe, expect, it, vi } from 'vitest';
import { dispatch, type Handlers } from '../../../src/webview/protocol';
import { toHost, type OverviewState } from '../../../src/webview/hubOverview/api';
import { OverviewPage } from '../../../src/webview/hubOverview/page';

const handlers = () =>
  Object.fromEntries(Object.keys(toHost).map((type) => [type, vi.fn()])) as unknown as Handlers<
    typeof toHost
  > &
    Record<string, ReturnType<typeof vi.fn>>;

const section = { data: null, problem: null, isLoading: false };
const aState = (change: Partial<OverviewState> = {}): OverviewState => ({
  hub: { id: 'h', name: 'factory' },
  notice: null,
  isReachable: true,
  asOf: 1,
  isLoading: false,
  working: null,
  hasPortal: true,
  canCopyPolicies: true,
  canCopyEventsString: true,
  sections: {
    properties: section,
    messages: section,
    devices: section,
    connected: section,
    policies: section,
    consumerGroups: section,
    routing: section,
  },
  ...change,
});

function aPage(saved?: unknown) {
  const posted: unknown[] = [];
  let kept: unknown = saved;
  const api = {
    postMessage: (message: unknown) => posted.push(message),
    getState: () => kept,
    setState: (state: unknown) => (kept = state),
  };
  const page = new OverviewPage(api, vi.fn());
  return { page, posted, kept: () => kept };
}

describe('Messages of the hub overview page', () => {
  it.each([
    ['an unknown section', { type: 'retry', body: { section: 'keys' } }],
    ['a request to copy a secret', { type: 'copy', body: { what: 'primaryKey' } }],
    [
      'a route whose name is too long',
      { type: 'addRoute', body: { name: 'x'.repeat(300), source: 's', condition: 'true', endpoints: [] } },
    ],
    ['a command', { type: 'runCommand', body: { command: 'x' } }],
    ['a consumer group without a name', { type: 'deleteConsumerGroup', body: {} }],
  ])('are rejected with a reason and reach no handler: %s', (_, message) => {
    const all = handlers();
    expect(dispatch(toHost, all, message)?.message).toMatch(/\w/);
    for (const handler of Object.values(all)) expect(handler).not.toHaveBeenCalled();
  });

  it('are accepted when they request a change', () => {
    const { page, posted } = aPage();
    const all = handlers();
    page.handlers.state(aState());
    page.editRoute({ name: ' alerts ', condition: "level = 'x'" });
    page.addRoute();
    expect(dispatch(toHost, all, posted.at(-1))).toBeUndefined();
    expect(all['addRoute']).toHaveBeenCalledWith({
      name: 'alerts',
      source: 'DeviceMessages',
      condition: "level = 'x'",
      endpoints: ['events'],
      isEnabled: true,
    });
  });
});

describe('OverviewPage', () => {
  it('requests one change at a time, and keeps the input when the hub rejects it', () => {
    const { page } = aPage();
    page.handlers.state(aState());
    page.edit({ groupName: 'team-a' });
    page.createConsumerGroup();
    expect(page.isBusy).toBe(true);
    page.handlers.done({ change: 'createConsumerGroup', isMade: false, problem: 'You may not.' });
    expect(page.isBusy).toBe(false);
    expect(page.problems.get('createConsumerGroup')).toBe('You may not.');
    expect(page.draft.groupName).toBe('team-a');
  });

  it('clears the input after a change, announces it, and moves the focus to the next step', () => {
    const { page } = aPage();
    page.handlers.state(aState());
    page.onFocus = vi.fn();
    page.openRouteForm();
    page.editRoute({ name: 'alerts' });
    page.addRoute();
    page.handlers.done({ change: 'addRoute', isMade: true, problem: null });
    expect(page.draft).toMatchObject({ isRouteOpen: false, route: { name: '' } });
    expect(page.announcement).toBe('Route alerts added.');
    expect(page.onFocus).toHaveBeenLastCalledWith('add-route');
  });

  it('restores the input after the page was discarded', () => {
    const { page, kept } = aPage();
    page.handlers.state(aState());
    page.edit({ groupName: 'half typ' });
    expect(aPage(kept()).page.draft.groupName).toBe('half typ');
    expect(JSON.stringify(kept())).toContain('"hub":{"id":"h","name":"factory"}');
    expect(aPage({ draft: 'nonsense' }).page.draft.groupName).toBe('');
  });

  it('announces the end of reading, and the number of sections that failed', () => {
    const { page } = aPage();
    page.handlers.state(aState({ isLoading: true }));
    const failed = { ...section, problem: { message: 'no', action: null } };
    page.handlers.state(aState({ sections: { ...aState().sections, policies: failed } }));
    expect(page.announcement).toBe('1 section of the overview of factory could not be read.');
  });
});
