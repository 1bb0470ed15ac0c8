import * as vscode from 'vscode';
import { hasPortal } from '../../../core/azure/portal';
import { isAbort } from '../../../core/base/abort';
import { DisposableStore, toDisposable, type Disposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { maskSecrets } from '../../../core/base/maskSecrets';
import { isIotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { commands } from '../../../contributions';
import { type Services } from '../../../services';
import { dispatch, poster, type Handlers, type Post } from '../../../webview/protocol';
import {
  sectionNames,
  toHost,
  toPage,
  type Copied,
  type OverviewState,
} from '../../../webview/hubOverview/api';
import { copy } from '../../../workbench/clipboard';
import { executeCommand, runButton, showFailure } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { withProgress } from '../../../workbench/progress';
import { webviewPage, webviewRoot } from '../../../workbench/webviewPage';
import { copyEventsString, copyPolicyString } from './copyStrings';
import { hubNotice, type HubNotice } from './hubNotice';
import {
  addRoute,
  createConsumerGroup,
  deleteConsumerGroup,
  removeRoute,
  setFallback,
  type HubChange,
} from './overviewChanges';
import { figures, OverviewReader } from './overviewReader';

export type PanelServices = Pick<
  Services,
  'hubs' | 'registries' | 'hubSettings' | 'accounts' | 'azure' | 'management' | 'log'
>;

export interface PanelHub {
  readonly id: string;
  readonly name: string;
}

/** Figures are read again this often while somebody looks: Azure Resource Manager throttles. */
const figuresEveryMs = 60_000;
const lookEveryMs = 5_000;
/** A list that is read again may be without the hub for a moment. */
const gonePatienceMs = 2_000;

/** One overview of a hub: reads for its page, and changes the hub for it. */
export class OverviewPanel implements Disposable {
  private readonly store = new DisposableStore();
  private readonly ended = this.store.add(new Emitter<void>());
  readonly onDidDispose = this.ended.event;
  private readonly post: Post<typeof toPage>;
  private readonly reader: OverviewReader;
  private situation: HubNotice;
  private working: string | null = null;
  private isLookedFor: boolean;
  private isPageReady = false;
  private isDisposed = false;
  private statePosted: NodeJS.Immediate | undefined;
  private goneTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly known: PanelHub,
    private readonly services: PanelServices,
    extensionUri: vscode.Uri,
    /** Ends when the hub was looked for. */
    search?: Promise<void>,
  ) {
    this.isLookedFor = search !== undefined;
    void search?.finally(() => {
      this.isLookedFor = false;
      if (!this.isDisposed) this.followHub();
    });
    this.reader = this.store.add(new OverviewReader(known.id, services, () => this.stateSoon()));
    this.situation = hubNotice(known.name, this.hub, undefined, this.isLookedFor);
    this.post = poster(toPage, (message) => {
      if (this.isPageReady) void panel.webview.postMessage(message);
    });
    panel.title = `Overview: ${known.name}`;
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `overview.${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    this.store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    this.store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away and comes back with `ready`.
        if (!panel.visible) this.isPageReady = false;
      }),
    );
    this.store.add(services.hubs.onDidChange(() => this.followHub()));
    const timer = setInterval(() => this.readFiguresWhenOld(), lookEveryMs);
    this.store.add(
      toDisposable(() => {
        clearInterval(timer);
        clearTimeout(this.goneTimer);
        clearImmediate(this.statePosted);
      }),
    );
    panel.onDidDispose(() => this.dispose());
    panel.webview.html = webviewPage(panel.webview, extensionUri, 'hubOverview', panel.title);
    if (this.situation.isReachable) this.readAll();
  }

  get hubId(): string {
    return this.known.id;
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.isPageReady = false;
    this.ended.fire();
    this.store.dispose();
    this.panel.dispose();
  }

  // --- What the page says ------------------------------------------------------------------------

  private readonly handlers: Handlers<typeof toHost> = {
    ready: () => {
      this.isPageReady = true;
      this.postState();
      this.readFiguresWhenOld();
    },
    refresh: () => this.refresh(),
    retry: ({ section }) => this.act(() => this.reader.read([section])),
    act: ({ section }) =>
      this.act(async () => {
        const action = this.reader.actionOf(section);
        if (action) await runButton(failureButton(action));
        await this.reader.read([section]);
      }),
    actOnNotice: () =>
      this.act(async () => {
        if (this.situation.action) await runButton(this.situation.action);
      }),
    copy: ({ what }) => this.act(() => this.copyFact(what)),
    copyPolicy: ({ name }) =>
      this.act(() => copyPolicyString(this.services, this.services.hubs.get(this.hubId), name)),
    copyEventsString: () =>
      this.act(() => copyEventsString(this.services, this.services.hubs.get(this.hubId))),
    openInPortal: () =>
      this.act(async () => executeCommand(commands.openInPortal, { kind: 'hub', hubId: this.hubId })),
    createConsumerGroup: ({ name }) => this.change(createConsumerGroup(name)),
    deleteConsumerGroup: ({ name }) => this.change(deleteConsumerGroup(this.name, name)),
    addRoute: (route) => this.change(addRoute(route, this.reader.routing)),
    removeRoute: ({ name }) => this.change(removeRoute(this.name, name, this.reader.routing)),
    setFallback: ({ isOn }) => this.change(setFallback(this.name, isOn, this.reader.routing)),
    report: ({ text }) => this.services.log.error(`The page of the hub overview reports: ${text}`),
  };

  private receive(message: unknown): void {
    const refused = dispatch(toHost, this.handlers, message);
    if (refused) this.services.log.warn(`The hub overview was told something it cannot use: ${refused}`);
  }

  private act(work: () => Promise<unknown>): void {
    if (this.isDisposed) return;
    work().catch((error: unknown) => {
      if (!this.isDisposed && !isAbort(error)) void showFailure(error, 'The hub overview', this.services.log);
    });
  }

  private async copyFact(what: Copied): Promise<void> {
    const { facts } = this.reader;
    const value = {
      hostName: facts?.hostName,
      eventsPath: facts?.hub?.events?.path,
      eventsEndpoint: facts?.hub?.events?.endpoint,
      subscriptionId: facts?.hub?.subscription.id,
    }[what];
    if (value) await copy(value, `${value} copied`);
  }

  // --- Changes -----------------------------------------------------------------------------------

  private change(change: HubChange): void {
    this.act(() => this.run(change));
  }

  private async run({ change, section, title, prepare, make }: HubChange): Promise<void> {
    const done = (isMade: boolean, problem: string | null) => this.post('done', { change, isMade, problem });
    if (this.working !== null) return done(false, 'Another change is being made. Try again then.');
    let isMade = false;
    let problem: string | null = null;
    try {
      this.working = `${title}…`;
      this.postState();
      await prepare();
      await withProgress(title, async (signal) =>
        make(await this.services.hubSettings.of(this.hubId, signal), signal),
      );
      isMade = true;
    } catch (error) {
      if (!isAbort(error)) problem = this.problemOf(error, title);
    }
    if (this.isDisposed) return;
    // Also what failed or was cancelled may have been made.
    await this.reader.read([section]);
    this.working = null;
    this.postState();
    done(isMade, problem);
  }

  private problemOf(error: unknown, title: string): string {
    if (!isIotError(error) || error.action) {
      void showFailure(error, title, this.services.log);
    } else {
      this.services.log.error(`${title} failed.`, error);
    }
    return isIotError(error) ? maskSecrets(error.message) : 'This could not be done; the log says why.';
  }

  // --- Reading -----------------------------------------------------------------------------------

  private get hub(): Hub | undefined {
    return this.services.hubs.find(this.hubId);
  }

  private get name(): string {
    return this.hub?.name ?? this.known.name;
  }

  private readAll(): void {
    this.act(() => this.reader.read(sectionNames));
  }

  private refresh(): void {
    if (this.situation.isReachable) return this.readAll();
    // It may be there again, as far as Azure knows.
    if (!this.hub) this.services.azure.refresh();
    this.followHub();
  }

  private readFiguresWhenOld(): void {
    const { panel, reader, situation } = this;
    if (!panel.visible || !situation.isReachable || reader.isLoading || this.working !== null) return;
    if (reader.asOf !== null && Date.now() - reader.asOf >= figuresEveryMs)
      this.act(() => reader.read(figures));
  }

  /** The hub was started, stopped, renamed, deleted, or is in the list again. */
  private followHub(): void {
    clearTimeout(this.goneTimer);
    this.goneTimer = undefined;
    if (this.hub || !this.situation.isReachable) return this.useHub();
    this.goneTimer = setTimeout(() => {
      this.goneTimer = undefined;
      this.useHub();
    }, gonePatienceMs);
  }

  private useHub(): void {
    const before = this.situation;
    this.panel.title = `Overview: ${this.name}`;
    this.situation = hubNotice(this.name, this.hub, this.reader.isManaged, this.isLookedFor);
    if (before.isReachable && !this.situation.isReachable) this.reader.cancel();
    if (!before.isReachable && this.situation.isReachable) this.readAll();
    this.stateSoon();
  }

  // --- What the page is told ---------------------------------------------------------------------

  private stateSoon(): void {
    this.statePosted ??= setImmediate(() => {
      this.statePosted = undefined;
      this.postState();
    });
  }

  private postState(): void {
    const { reader, hub } = this;
    if (hub || !this.goneTimer)
      this.situation = hubNotice(this.name, hub, reader.isManaged, this.isLookedFor);
    const canReadPolicies = hub !== undefined && hubCan(hub, 'readPolicies');
    const hasKeys = reader.facts?.hub?.isLocalAuthOff !== true;
    const state: OverviewState = {
      hubId: this.hubId,
      name: this.name,
      notice: this.situation.notice,
      isReachable: this.situation.isReachable,
      asOf: reader.asOf,
      isLoading: reader.isLoading,
      working: this.working,
      hasPortal: hub !== undefined && hubCan(hub, 'openInPortal') && hasPortal(this.services.accounts),
      canCopyPolicies: canReadPolicies && hasKeys,
      canCopyEventsString: (canReadPolicies && hasKeys) || hub?.kind === 'local',
      sections: reader.sections,
    };
    this.post('state', state);
  }
}
