import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { hasPortal } from '../../../core/azure/portal';
import { isAbort } from '../../../core/base/abort';
import { toDisposable, type Disposable } from '../../../core/base/disposable';
import { maskSecrets } from '../../../core/base/maskSecrets';
import { isIotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { hubCan } from '../../../core/hub/hubCapabilities';
import { commands, webviews } from '../../../contributions';
import { type Services } from '../../../services';
import { contract, sectionNames, type Copied, type OverviewState } from '../../../webview/hubOverview/api';
import { type Handlers, type HubReference } from '../../../webview/protocol';
import { copy } from '../../../workbench/clipboard';
import { executeCommand, runButton, showFailure } from '../../../workbench/commands';
import { failureButton } from '../../../workbench/failureActions';
import { withProgress } from '../../../workbench/progress';
import { WebviewHost } from '../../../workbench/webviewHost';
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

export const overviewWebview = { viewType: webviews.hubOverview, label: 'hub overview', contract };

/** How often the figures are reloaded while the page is visible; limited because Azure Resource Manager throttles. */
const figuresEveryMs = 60_000;
const lookEveryMs = 5_000;
/** The hub may be missing for a moment while the list is reloaded. */
const goneDelayMs = 2_000;

/** The overview of a hub: loads data for its page and applies the changes made there. */
export class OverviewPanel implements Disposable {
  private readonly host: WebviewHost<typeof contract.toHost, typeof contract.toPage>;
  readonly onDidDispose: WebviewHost<typeof contract.toHost, typeof contract.toPage>['onDidDispose'];
  private readonly reader: OverviewReader;
  private situation: HubNotice;
  private working: string | null = null;
  private statePosted: NodeJS.Immediate | undefined;
  private goneTimer: NodeJS.Timeout | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly known: HubReference,
    private readonly services: PanelServices,
    extensionUri: vscode.Uri,
  ) {
    this.reader = new OverviewReader(known.id, services, () => this.stateSoon());
    this.situation = hubNotice(known.name, this.hub, undefined);
    this.host = new WebviewHost(
      panel,
      overviewWebview,
      { extensionUri, log: services.log },
      {
        title: l10n.t('Overview: {0}', known.name),
        handlers: this.handlers,
        onReady: () => {
          this.postState();
          this.readFiguresWhenOld();
        },
      },
    );
    this.onDidDispose = this.host.onDidDispose;
    this.host.add(this.reader);
    this.host.add(services.hubs.onDidChange(() => this.followHub()));
    this.host.every(lookEveryMs, () => this.readFiguresWhenOld());
    this.host.add(
      toDisposable(() => {
        clearTimeout(this.goneTimer);
        clearImmediate(this.statePosted);
      }),
    );
    if (this.situation.isReachable) this.readAll();
  }

  get hubId(): string {
    return this.known.id;
  }

  reveal(): void {
    this.host.reveal();
  }

  dispose(): void {
    this.host.dispose();
  }

  // --- Messages from the page --------------------------------------------------------------------

  private readonly handlers: Handlers<typeof contract.toHost> = {
    refresh: () => this.refresh(),
    retry: ({ section }) => this.host.act(() => this.reader.read([section])),
    act: ({ section }) =>
      this.host.act(async () => {
        const action = this.reader.actionOf(section);
        if (action) await runButton(failureButton(action));
        await this.reader.read([section]);
      }),
    actOnNotice: () =>
      this.host.act(async () => {
        if (this.situation.action) await runButton(this.situation.action);
      }),
    copy: ({ what }) => this.host.act(() => this.copyFact(what)),
    copyPolicy: ({ name }) =>
      this.host.act(() => copyPolicyString(this.services, this.services.hubs.get(this.hubId), name)),
    copyEventsString: () =>
      this.host.act(() => copyEventsString(this.services, this.services.hubs.get(this.hubId))),
    openInPortal: () =>
      this.host.act(async () => executeCommand(commands.openInPortal, { kind: 'hub', hubId: this.hubId })),
    createConsumerGroup: ({ name }) => this.change(createConsumerGroup(name)),
    deleteConsumerGroup: ({ name }) => this.change(deleteConsumerGroup(this.name, name)),
    addRoute: (route) => this.change(addRoute(route, this.reader.routing)),
    removeRoute: ({ name }) => this.change(removeRoute(this.name, name, this.reader.routing)),
    setFallback: ({ isOn }) => this.change(setFallback(this.name, isOn, this.reader.routing)),
  };

  private async copyFact(what: Copied): Promise<void> {
    const { properties } = this.reader;
    const value = {
      hostName: properties?.hostName,
      eventsPath: properties?.hub?.events?.path,
      eventsEndpoint: properties?.hub?.events?.endpoint,
      subscriptionId: properties?.hub?.subscription.id,
    }[what];
    if (value) await copy(value, l10n.t('{0} copied', value));
  }

  // --- Changes -----------------------------------------------------------------------------------

  private change(change: HubChange): void {
    this.host.act(() => this.run(change));
  }

  private async run({ change, section, title, prepare, make }: HubChange): Promise<void> {
    const done = (isMade: boolean, problem: string | null) =>
      this.host.post('done', { change, isMade, problem });
    if (this.working !== null) {
      return done(false, l10n.t('Another change is in progress. Try again when it has finished.'));
    }
    let isMade = false;
    let problem: string | null = null;
    try {
      this.working = l10n.t({ message: '{0}…', comment: ['An operation in progress'], args: [title] });
      this.postState();
      await prepare();
      await withProgress(title, async (signal) =>
        make(await this.services.hubSettings.forHub(this.hubId, signal), signal),
      );
      isMade = true;
    } catch (error) {
      if (!isAbort(error)) problem = this.problemOf(error, title);
    }
    if (this.host.isDisposed) return;
    // A change that failed or was canceled may have been applied.
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
    return isIotError(error)
      ? maskSecrets(error.message)
      : l10n.t('The operation failed. See the log for details.');
  }

  // --- Reading -----------------------------------------------------------------------------------

  private get hub(): Hub | undefined {
    return this.services.hubs.find(this.hubId);
  }

  private get name(): string {
    return this.hub?.name ?? this.known.name;
  }

  private readAll(): void {
    this.host.act(() => this.reader.read(sectionNames));
  }

  private refresh(): void {
    if (this.situation.isReachable) return this.readAll();
    // Azure may list it again.
    if (!this.hub) this.services.azure.refresh();
    this.followHub();
  }

  private readFiguresWhenOld(): void {
    const { host, reader, situation } = this;
    if (!host.isVisible || !situation.isReachable || reader.isLoading || this.working !== null) return;
    if (reader.asOf !== null && Date.now() - reader.asOf >= figuresEveryMs)
      this.host.act(() => reader.read(figures));
  }

  /** Handles a hub that was started, stopped, renamed, deleted, or listed again. */
  private followHub(): void {
    clearTimeout(this.goneTimer);
    this.goneTimer = undefined;
    if (this.hub || !this.situation.isReachable) return this.useHub();
    this.goneTimer = setTimeout(() => {
      this.goneTimer = undefined;
      this.useHub();
    }, goneDelayMs);
  }

  private useHub(): void {
    const before = this.situation;
    this.host.setTitle(l10n.t('Overview: {0}', this.name));
    this.situation = hubNotice(this.name, this.hub, this.reader.isManaged);
    if (before.isReachable && !this.situation.isReachable) this.reader.cancel();
    if (!before.isReachable && this.situation.isReachable) this.readAll();
    this.stateSoon();
  }

  // --- Messages to the page ----------------------------------------------------------------------

  private stateSoon(): void {
    this.statePosted ??= setImmediate(() => {
      this.statePosted = undefined;
      this.postState();
    });
  }

  private postState(): void {
    const { reader, hub } = this;
    if (hub || !this.goneTimer) this.situation = hubNotice(this.name, hub, reader.isManaged);
    const canReadPolicies = hub !== undefined && hubCan(hub, 'readPolicies');
    const hasKeys = reader.properties?.hub?.isLocalAuthOff !== true;
    const state: OverviewState = {
      hub: { id: this.hubId, name: this.name },
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
    this.host.post('state', state);
  }
}
