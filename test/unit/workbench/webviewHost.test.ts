import * as v from 'valibot';
import type * as vscode from 'vscode';
import { Uri } from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setDisplayLocale } from '../../../src/core/base/displayLocale';
import { Emitter } from '../../../src/core/base/event';
import { type Hub, type HubAbsence } from '../../../src/core/hub/hub';
import { WebviewHost } from '../../../src/workbench/webviewHost';
import { WebviewPanels, type OpenPanel } from '../../../src/workbench/webviewPanels';
import { fake, FakeWebviewPanel } from '../../support/fakeVscode';

/** A panel, and its page as the extension sees it. */
function aWebviewPanel(title = 'restored') {
  const panel = new FakeWebviewPanel('iotHubWorkbench.gauges', title);
  return {
    panel,
    posted: panel.webview.posted as { readonly type: string; readonly body: unknown }[],
    /** Name of the loaded page. */
    get page() {
      return /src="[^"]*?([A-Za-z]+)\.js"/.exec(panel.webview.html)?.[1];
    },
    say: (type: string, body: unknown = {}) => panel.webview.receive({ type, body }),
  };
}

const contract = {
  page: 'gauges',
  toHost: { turn: v.object({ by: v.number() }) },
  toPage: { level: v.object({ value: v.number() }) },
  view: v.object({ zoom: v.number() }),
} as const;
const kind = { viewType: 'iotHubWorkbench.gauges', label: 'gauge view', contract };
const extensionUri = Uri.file('/extension');
const file = (name: string) => Uri.file(`/extension/${name}`);
/** The first message to a page, in English. */
const english = { type: 'localization', body: { language: 'en', locale: 'en-US', texts: null } };
const aLog = () => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() });

function aHost() {
  const webview = aWebviewPanel();
  const log = aLog();
  const turn = vi.fn();
  const onReady = vi.fn();
  const host = new WebviewHost(
    webview.panel,
    kind,
    { extensionUri, log },
    { title: 'Gauges', handlers: { turn }, onReady },
  );
  return {
    ...webview,
    webview,
    host,
    log,
    turn,
    onReady,
    ready: () => webview.say('ready', { page: 'gauges' }),
  };
}

describe('WebviewHost', () => {
  afterEach(() => {
    vi.useRealTimers();
    fake.reset();
    setDisplayLocale('en-US');
  });

  it('gives the panel its page, title and icons, and access to dist/webview only', () => {
    const { panel, webview } = aHost();
    expect(webview.page).toBe('gauges');
    expect(panel.title).toBe('Gauges');
    expect(panel.iconPath).toEqual({
      light: file('media/gauges.light.svg'),
      dark: file('media/gauges.dark.svg'),
    });
    expect(panel.webview.options).toEqual({
      enableScripts: true,
      localResourceRoots: [file('dist/webview')],
    });
  });

  it('posts nothing before the page is ready or while it is hidden, and starts over when it is shown again', () => {
    const { host, panel, posted, onReady, ready } = aHost();
    host.post('level', { value: 1 });
    expect(posted).toEqual([]);
    ready();
    host.post('level', { value: 2 });
    panel.setVisible(false);
    host.post('level', { value: 3 });
    panel.setVisible(true);
    host.post('level', { value: 4 });
    ready();
    host.post('level', { value: 5 });
    expect(posted).toEqual([
      english,
      { type: 'level', body: { value: 2 } },
      english,
      { type: 'level', body: { value: 5 } },
    ]);
    expect(onReady).toHaveBeenCalledTimes(2);
  });

  it('posts translations and display language before anything else', () => {
    const texts = { Send: 'Senden', 'Copy/Verb': 'Kopieren' };
    fake.translations = texts;
    setDisplayLocale('de');
    const { host, posted, onReady, ready } = aHost();
    onReady.mockImplementation(() => host.post('level', { value: 1 }));
    ready();
    expect(posted).toEqual([
      { type: 'localization', body: { language: 'de', locale: 'de', texts } },
      { type: 'level', body: { value: 1 } },
    ]);
  });

  it('posts English texts with the locale of a display language that has no translation', () => {
    setDisplayLocale('fi');
    const { posted, ready } = aHost();
    ready();
    expect(posted).toEqual([{ type: 'localization', body: { language: 'en', locale: 'fi', texts: null } }]);
  });

  it('ignores the ready message of a page that was replaced', () => {
    const { host, say } = aHost();
    say('ready', { page: 'waiting' });
    expect(host.isReady).toBe(false);
  });

  it('passes on messages of the contract, and logs others', () => {
    const { say, turn, log } = aHost();
    say('turn', { by: 3, key: 'x' });
    expect(turn.mock.calls).toEqual([[{ by: 3 }]]);
    say('turn', { by: 'much' });
    say('runCommand', {});
    say('report', { text: 'TypeError in the page' });
    say('report', { text: 'x'.repeat(5_000) });
    expect(turn).toHaveBeenCalledTimes(1);
    expect(log.warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/^The gauge view rejected .*"turn"/),
      expect.stringMatching(/"runCommand"/),
      expect.stringMatching(/"report"/),
    ]);
    expect(log.error.mock.calls).toEqual([
      ['The page of the gauge view reported an error: TypeError in the page'],
    ]);
  });

  it('shows the failure of a user action, and only logs the failure of background work', async () => {
    const { host, log } = aHost();
    host.act(async () => Promise.reject(new Error('asked')));
    host.background(async () => Promise.reject(new Error('not asked')));
    await vi.waitFor(() => expect(log.error).toHaveBeenCalledTimes(2));
    expect(fake.shown).toMatchObject([{ severity: 'error' }]);
    expect(log.error.mock.calls.map(([text]) => text as string).sort()).toEqual([
      'The gauge view could not be updated.',
      'The gauge view failed.',
    ]);
  });

  it('repeats work only while the page is visible, and stops when it is disposed', () => {
    vi.useFakeTimers();
    const { host, panel, ready } = aHost();
    const work = vi.fn();
    host.every(1_000, work);
    vi.advanceTimersByTime(5_000);
    expect(work).not.toHaveBeenCalled();
    ready();
    vi.advanceTimersByTime(3_000);
    panel.setVisible(false);
    vi.advanceTimersByTime(3_000);
    host.dispose();
    expect(work).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['closed by the user', ({ panel }: ReturnType<typeof aHost>) => panel.dispose()],
    ['disposed', ({ host }: ReturnType<typeof aHost>) => host.dispose()],
  ])('ends once when its panel is %s, and then no longer uses it', async (_, end) => {
    const all = aHost();
    const { host, ready, posted, webview, say, turn, log } = all;
    const ended = vi.fn();
    const owned = vi.fn();
    host.onDidDispose(ended);
    host.add({ dispose: owned });
    ready();
    const late = host.act.bind(host, async () => Promise.reject(new Error('late')));
    end(all);
    host.dispose();
    expect([ended.mock.calls.length, owned.mock.calls.length, webview.panel.isDisposed]).toEqual([
      1,
      1,
      true,
    ]);
    host.post('level', { value: 1 });
    host.setTitle('late');
    host.reveal();
    late();
    say('turn', { by: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(posted).toEqual([english]);
    expect(turn).not.toHaveBeenCalled();
    expect(log.error).not.toHaveBeenCalled();
    expect(host.isVisible).toBe(false);
  });
});

const factory: Hub = {
  kind: 'connectionString',
  id: 'h',
  name: 'factory',
  status: 'ready',
  hostName: 'factory.azure-devices.net',
};
const signedOut: HubAbsence = {
  message: 'You are signed out.',
  action: { kind: 'signIn' },
};
const kept = { hub: { id: 'h', name: 'factory' }, view: { zoom: 2 } };

/** Panels of a window after a reload. */
function somePanels({ listed = [], absence = signedOut }: { listed?: Hub[]; absence?: HubAbsence } = {}) {
  const changed = new Emitter<void>();
  const log = aLog();
  const panels = new WebviewPanels<OpenPanel, typeof kind>(kind, {
    extensionUri,
    log,
    hubs: {
      find: (hubId) => listed.find(({ id }) => id === hubId),
      seek: async () => absence,
      onDidChange: changed.event,
    },
  });
  const made: unknown[] = [];
  const make = (panel: vscode.WebviewPanel, hub: Hub | undefined, view: { zoom: number }): OpenPanel => {
    made.push({ hub: hub?.name, zoom: view.zoom });
    return new WebviewHost(
      panel,
      kind,
      { extensionUri, log },
      { title: 'Gauges', handlers: { turn: vi.fn() }, onReady: vi.fn() },
    );
  };
  return {
    panels,
    make,
    made,
    log,
    list: (hub: Hub) => {
      listed.push(hub);
      changed.fire();
    },
  };
}

describe('WebviewPanels', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    fake.reset();
  });

  it('restores a panel with its hub and the state of its page', () => {
    const { panels, make, made } = somePanels({ listed: [factory] });
    const webview = aWebviewPanel();
    panels.restore(webview.panel, kept, make);
    expect(made).toEqual([{ hub: 'factory', zoom: 2 }]);
    expect(webview.page).toBe('gauges');
  });

  it('restores a panel that has no hub', () => {
    const { panels, make, made } = somePanels();
    panels.restore(aWebviewPanel().panel, { ...kept, hub: null }, make);
    expect(made).toEqual([{ hub: undefined, zoom: 2 }]);
  });

  it.each([
    ['nothing', undefined],
    ['another state', { hubId: 'h', zoom: 2 }],
    ['an invalid view', { ...kept, view: { zoom: 'much' } }],
  ])('closes a panel whose page saved %s, and logs it', (_, state) => {
    const { panels, make, made, log } = somePanels({ listed: [factory] });
    const webview = aWebviewPanel();
    panels.restore(webview.panel, state, make);
    expect(webview.panel.isDisposed).toBe(true);
    expect(made).toEqual([]);
    expect(log.warn).toHaveBeenCalledWith(expect.stringMatching(/^A gauge view was not restored: /));
  });

  it('shows the waiting page with the icon and title of the panel until the hub is listed', () => {
    const { panels, make, made, list } = somePanels();
    const webview = aWebviewPanel('Gauges of factory');
    panels.restore(webview.panel, kept, make);
    webview.say('ready', { page: 'waiting' });
    expect(webview.page).toBe('waiting');
    expect(webview.panel.title).toBe('Gauges of factory');
    expect(webview.panel.iconPath).toMatchObject({ light: file('media/gauges.light.svg') });
    expect(webview.posted).toEqual([english, { type: 'state', body: { hub: kept.hub, absence: null } }]);
    list(factory);
    expect(made).toEqual([{ hub: 'factory', zoom: 2 }]);
    expect(webview.page).toBe('gauges');
    expect(webview.panel.isDisposed).toBe(false);
  });

  it('shows why the hub is absent, and runs the action of the button', async () => {
    const { panels, make } = somePanels();
    const webview = aWebviewPanel();
    panels.restore(webview.panel, kept, make);
    webview.say('ready', { page: 'waiting' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(webview.posted.at(-1)?.body).toEqual({
      hub: kept.hub,
      absence: { message: 'You are signed out.', action: 'Sign In' },
    });
    webview.say('act');
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.executed).toEqual([['iotHubWorkbench.signIn']]);
    webview.say('close');
    expect(webview.panel.isDisposed).toBe(true);
  });

  it('offers to try again when the hubs could not be read', async () => {
    const { panels, make } = somePanels({ absence: { message: 'Azure was not reached.', canRefresh: true } });
    const webview = aWebviewPanel();
    panels.restore(webview.panel, kept, make);
    webview.say('ready', { page: 'waiting' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(webview.posted.at(-1)?.body).toMatchObject({ absence: { action: 'Try Again' } });
    webview.say('act');
    await vi.advanceTimersByTimeAsync(0);
    expect(fake.executed).toEqual([['iotHubWorkbench.refresh']]);
  });

  it.each([
    ['the user closes it', ({ panel }: ReturnType<typeof aWebviewPanel>) => panel.dispose()],
    ['the extension is deactivated', (_: unknown, panels: { dispose(): void }) => panels.dispose()],
  ])('does not restore a panel when %s while it waits', async (_, end) => {
    const { panels, make, made, list, log } = somePanels();
    const webview = aWebviewPanel();
    panels.restore(webview.panel, kept, make);
    end(webview, panels);
    expect(webview.panel.isDisposed).toBe(true);
    list(factory);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made).toEqual([]);
    expect(log.error).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('finds an open panel until it is closed', () => {
    const { panels, make } = somePanels({ listed: [factory] });
    const opened = panels.open((panel) => make(panel, factory, { zoom: 1 }));
    const shown = fake.webviewPanels.at(-1);
    expect(shown?.viewType).toBe('iotHubWorkbench.gauges');
    expect(panels.find(() => true)).toBe(opened);
    shown?.dispose();
    expect(panels.find(() => true)).toBeUndefined();
  });
});
