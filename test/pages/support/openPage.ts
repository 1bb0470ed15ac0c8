// Opens the page of a panel in a browser, without VS Code. The panel runs in the test, on the fake of `vscode`.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { Uri } from 'vscode';
import { webviews } from '../../../src/contributions';
import { newDraft, type PublishDraft } from '../../../src/core/publish/draft';
import { registerHubOverview } from '../../../src/features/hubOverview/hubOverviewFeature';
import { registerMonitor } from '../../../src/features/monitor/monitorFeature';
import { registerPublish } from '../../../src/features/publish/publishFeature';
import { type contract as eventsContract } from '../../../src/webview/events/api';
import { type contract as overviewContract } from '../../../src/webview/hubOverview/api';
import { type HubReference, type SavedState } from '../../../src/webview/protocol';
import { type contract as publishContract } from '../../../src/webview/publish/api';
import { commandRegistrar } from '../../../src/workbench/commands';
import { openBrowser } from '../../host/browser.mjs';
import { resultsFolder, root, takesPictures } from '../../host/paths.mjs';
import { fake, FakeWebviewPanel, memento } from '../../support/fakeVscode';
import { strict } from '../../support/vscode/strict';
import { axeSource } from './axe';
import { hubId, PageHub, refusal, telemetry, type PageState } from './hub';
import { describeFocus, findOverflow, runAxe } from './inPage.mjs';
import { type Theme } from './themes';
import { hostPage, type HostedPage } from './webviewHost';

export const pageNames = ['publish', 'events', 'hubOverview'] as const;
export type PageName = (typeof pageNames)[number];

export interface PageOptions {
  readonly theme?: Theme;
  /** Size of the window, in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The message of a publish panel. */
  readonly draft?: Partial<PublishDraft>;
  /** State that the page saved before. */
  readonly kept?: unknown;
  /** The hub of the panel; one that is not listed shows the waiting page. */
  readonly reference?: HubReference;
  /** Translations of the display language, by the English text. */
  readonly translations?: Readonly<Record<string, string>>;
}

let browser: ReturnType<typeof openBrowser> | undefined;
const opened = new Set<OpenedPage>();

afterAll(async () => {
  await (await browser)?.close();
});

/** A page with its panel and its hub. */
export class OpenedPage {
  private hasAxe = false;

  constructor(
    readonly name: PageName,
    readonly hub: PageHub,
    readonly panel: FakeWebviewPanel,
    private readonly hosted: HostedPage,
    private readonly dispose: () => void,
  ) {
    opened.add(this);
  }

  /** The page in the browser. */
  get page() {
    return this.hosted.page;
  }

  /** State that the page has saved. */
  get kept(): unknown {
    return this.hosted.state();
  }

  /** What the browser blocked or reported as an error since the last call. */
  takeProblems(): readonly string[] {
    return this.hosted.problems.splice(0);
  }

  setTheme(theme: Theme): Promise<void> {
    return this.hosted.setTheme(theme);
  }

  settle(): Promise<void> {
    return this.hosted.settle();
  }

  /** Violations that axe finds by all of its rules, or by some. */
  async axe(...rules: string[]) {
    await this.settle();
    if (!this.hasAxe) await this.page.evaluate(axeSource);
    this.hasAxe = true;
    return this.page.evaluate(runAxe, rules);
  }

  /** Content that cannot be reached in a narrow window. */
  overflow(): Promise<readonly string[]> {
    return this.page.evaluate(findOverflow);
  }

  /** The focused element by its accessible name, and whether its focus is visible. */
  focus() {
    return this.page.evaluate(describeFocus);
  }

  async tabTo(name: string): Promise<void> {
    for (let turn = 0; turn < 80; turn++) {
      if ((await this.focus()).name === name) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach "${name}"; it is at "${(await this.focus()).name}".`);
  }

  /** Saves a screenshot in test-results/screenshots, if IOT_HUB_WORKBENCH_PICTURES is set. */
  async picture(name: string): Promise<void> {
    if (!takesPictures()) return;
    const file = path.join(
      resultsFolder,
      'screenshots',
      'pages',
      `${this.name}-${name.replaceAll(' ', '-')}.png`,
    );
    mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  /** Fails if the browser blocked something, or the page or its panel reported an internal error. */
  async close(): Promise<void> {
    opened.delete(this);
    await this.settle();
    this.dispose();
    await this.page.close();
    expect(this.takeProblems()).toEqual([]);
    expect(this.hub.logged.filter((text) => /reported an error:|rejected a message/.test(text))).toEqual([]);
  }
}

/** Closes all pages of a test. */
export async function closePages(): Promise<void> {
  for (const page of [...opened]) await page.close();
}

/** Opens a page, and waits until it shows the state. */
export async function openPage(
  name: PageName,
  state: PageState,
  {
    theme = 'dark',
    width = 1_000,
    height = 800,
    draft = {},
    kept,
    reference = plant,
    translations,
  }: PageOptions = {},
): Promise<OpenedPage> {
  fake.reset();
  fake.translations = translations;
  const hub = new PageHub(state);
  const { services } = hub;
  const extension = strict('ExtensionContext', {
    extensionUri: Uri.file(root),
    workspaceState: memento(),
  }) as unknown as Parameters<typeof registerPublish>[1];
  const register = commandRegistrar(services.log);
  const features = [
    registerPublish(services, extension, register),
    registerMonitor(services, extension, register),
    registerHubOverview(services, extension, register),
  ];
  const panel = await openPanel(name, stateOf(name, reference, draft));
  const { context } = await (browser ??= openBrowser());
  const hosted = await hostPage(context, panel, theme, kept);
  await hosted.page.setViewportSize({ width, height });
  const page = new OpenedPage(name, hub, panel, hosted, () =>
    features.forEach((feature) => feature.dispose()),
  );
  await page.page.locator('main > *').first().waitFor();
  if (reference.id === hubId) await reach[name](page, state);
  await page.settle();
  return page;
}

const devices = ['boiler-1', 'boiler-2'];

const plant: HubReference = { id: hubId, name: 'plant' };

/** The saved state of each page, from which its panel is restored. */
function stateOf(name: PageName, reference: HubReference, draft: Partial<PublishDraft>) {
  switch (name) {
    case 'publish':
      return {
        hub: reference,
        view: {
          draft: { ...newDraft(devices, 600), ...draft },
          fileUri: null,
          kept: { text: '', path: '' },
        },
      } satisfies SavedState<typeof publishContract.view>;
    case 'events':
      return {
        hub: reference,
        view: {
          source: { kind: 'monitor' },
          filter: '',
          tab: 'messages',
          minutes: 5,
          fields: [],
          columns: [],
        },
      } satisfies SavedState<typeof eventsContract.view>;
    case 'hubOverview':
      return {
        hub: reference,
        view: {
          draft: {
            groupName: '',
            isRouteOpen: false,
            route: { name: '', source: '', condition: '', endpoint: '' },
          },
        },
      } satisfies SavedState<typeof overviewContract.view>;
  }
}

async function openPanel(name: PageName, state: unknown): Promise<FakeWebviewPanel> {
  const viewType = webviews[name];
  const serializer = fake.serializers.get(viewType);
  if (!serializer) throw new Error(`No serializer restores ${viewType}.`);
  const panel = new FakeWebviewPanel(viewType, name);
  await serializer.deserializeWebviewPanel(panel, state);
  return panel;
}

/** Makes the state visible: starts monitoring, lets messages arrive, sends a message. */
const reach: { readonly [K in PageName]: (page: OpenedPage, state: PageState) => Promise<void> } = {
  publish: async ({ page, panel }, state) => {
    await page.locator('.connection-details').first().waitFor();
    if (state === 'empty' || state === 'loading') return;
    const draft = panel.webview.posted.find(({ type }) => type === 'draft')?.body;
    panel.webview.receive({ type: 'send', body: draft });
    await page.locator('.result-list tbody tr').nth(1).waitFor();
  },
  events: async ({ hub, page, panel }, state) => {
    await page.locator('header').waitFor();
    panel.webview.receive({ type: 'toggleMonitor', body: {} });
    if (state === 'failure') await page.getByText(refusal).first().waitFor();
    if (state !== 'data') return;
    await expect.poll(() => hub.isRead).toBe(true);
    hub.receive(telemetry(2_000));
    await page.locator('.grid-row').first().waitFor();
    await page.locator('.histogram[aria-label*="2,000"]').waitFor();
  },
  hubOverview: async ({ page }, state) => {
    await page.locator('header').waitFor();
    if (state === 'failure') await page.getByText(refusal).first().waitFor();
    if (state === 'data' || state === 'empty') await page.getByText('westeurope').first().waitFor();
  },
};
