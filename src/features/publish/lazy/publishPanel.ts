import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { DisposableStore, toDisposable } from '../../../core/base/disposable';
import { Emitter } from '../../../core/base/event';
import { IotError, plainMessage } from '../../../core/errors';
import { type Hub, type HubStatus } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { indentJson } from '../../../core/message/renderMessage';
import { type PublishDraft } from '../../../core/publish/draft';
import { MessageComposer } from '../../../core/publish/messageComposer';
import { MessageLines } from '../../../core/publish/messageLine';
import { commands } from '../../../contributions';
import { pickCertificateFiles } from '../../../explorer/deviceLogin';
import { type Services } from '../../../services';
import { dispatch, poster, type Handlers, type Post } from '../../../webview/protocol';
import {
  keptLines,
  keptPoints,
  toHost,
  toPage,
  type Point,
  type RunState,
} from '../../../webview/publish/api';
import { executeCommand, showFailure } from '../../../workbench/commands';
import { webviewPage, webviewRoot } from '../../../workbench/webviewPage';
import { ArrivalWatch } from './arrivalWatch';
import { BodyFile } from './bodyFile';
import { copyAs, copyWire } from './copying';
import { chooseDevices } from './deviceChoice';
import { DeviceLogins } from './deviceLogins';
import { askForMessageFile, saveMessageFile } from './messageFiles';
import { derive, generatorsOf, type Derivation } from './panelDerivation';
import { panelState, panelTitle, problemsOf, type PanelFacts, type Target } from './panelState';
import { sendMessages } from './sending';

export type PanelServices = Pick<
  Services,
  | 'hubs'
  | 'registries'
  | 'devices'
  | 'events'
  | 'sessions'
  | 'caFiles'
  | 'authorities'
  | 'chosenCertificates'
  | 'hubCertificates'
  | 'passphrases'
  | 'log'
>;

export interface PanelSurroundings {
  readonly extensionUri: vscode.Uri;
  /** A message file was opened or written. */
  onFile(uri: vscode.Uri): void;
  /** Opens a message file in this panel or another one. */
  openFile(uri: vscode.Uri, panel: PublishPanel): Promise<void>;
}

const linesEveryMs = 200;
const idle: RunState = { kind: 'idle' };

/** One publish panel: keeps the draft, asks and answers for its page, and runs what it sends. */
export class PublishPanel implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly post: Post<typeof toPage>;
  private readonly logins: DeviceLogins;
  private readonly watch: ArrivalWatch;
  private readonly lines = new MessageLines(keptLines);
  private readonly ended = this.store.add(new Emitter<void>());
  readonly onDidDispose = this.ended.event;
  private derivation: Derivation;
  private target: Target = { deviceId: undefined };
  private readonly bodyFile = new BodyFile();
  private points: Point[] = [];
  private run: RunState = idle;
  private controller: AbortController | undefined;
  private tokenExpiresAt: number | null = null;
  private isPageReady = false;
  private isDisposed = false;
  private statePosted: NodeJS.Immediate | undefined;
  private hubStatus: HubStatus | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    readonly hub: Hub,
    private draft: PublishDraft,
    private fileUri: vscode.Uri | undefined,
    private readonly services: PanelServices,
    private readonly surroundings: PanelSurroundings,
  ) {
    this.logins = new DeviceLogins(hub, services);
    this.hubStatus = services.hubs.find(hub.id)?.status;
    this.watch = this.store.add(new ArrivalWatch(hub.id, services, () => this.postState()));
    this.derivation = derive(draft, undefined);
    this.post = poster(toPage, (message) => {
      if (this.isPageReady) void panel.webview.postMessage(message);
    });
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewRoot(surroundings.extensionUri)],
    };
    const icon = (theme: string) =>
      vscode.Uri.joinPath(surroundings.extensionUri, 'media', `publish.${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const timer = setInterval(() => this.postLines(), linesEveryMs);
    this.store.add(toDisposable(() => clearInterval(timer)));
    this.store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    this.store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is thrown away and comes back with `ready`.
        if (!panel.visible) this.isPageReady = false;
      }),
    );
    this.store.add(services.hubs.onDidChange(() => this.followHub()));
    panel.onDidDispose(() => this.dispose());
    panel.webview.html = webviewPage(
      panel.webview,
      surroundings.extensionUri,
      'publish',
      panelTitle(this.facts),
    );
    void this.refresh();
  }

  get deviceIds(): readonly string[] {
    return this.draft.devices;
  }

  get isBusy(): boolean {
    return this.run.kind !== 'idle';
  }

  get file(): vscode.Uri | undefined {
    return this.fileUri;
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Replaces what the form holds, as after a file was opened. */
  async show(draft: PublishDraft, file: vscode.Uri | undefined): Promise<void> {
    this.fileUri = file;
    await this.replace(draft);
  }

  /** What the Send button does. */
  async send(isRepeated: boolean): Promise<void> {
    if (this.isBusy) throw new IotError('unsupported', 'This panel is publishing already: stop it first.');
    const controller = new AbortController();
    this.controller = controller;
    this.setRun({ kind: 'preparing', text: 'Preparing…' });
    if (isRepeated) {
      this.points = [];
      this.post('history', { points: [] });
    }
    try {
      await this.refresh();
      const { draft } = this;
      const error = problemsOf(this.facts).find(
        ({ severity, field }) => severity === 'error' && field !== 'target',
      );
      const { composer } = MessageComposer.of(draft, await this.bodyFile.of(draft), generatorsOf(draft));
      if (error || !composer) {
        throw new IotError('invalidInput', error?.message ?? 'The message has an error.');
      }
      await sendMessages(
        this.services,
        {
          hub: this.hub,
          draft,
          composer,
          isRepeated,
          lines: this.lines,
          watch: this.watch,
          logins: this.logins,
          onRun: (run) => this.setRun(run),
          onPoint: (point) => this.addPoint(point),
          onToken: (expiresAt) => this.setToken(expiresAt),
        },
        controller.signal,
      );
    } finally {
      this.controller = undefined;
      this.setRun(idle);
      this.background(() => this.readTarget(true));
    }
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.isPageReady = false;
    this.controller?.abort(abortError());
    clearImmediate(this.statePosted);
    this.ended.fire();
    this.store.dispose();
    this.panel.dispose();
  }

  // --- What the page says ------------------------------------------------------------------------

  private readonly handlers: Handlers<typeof toHost> = {
    ready: () => {
      this.isPageReady = true;
      this.post('draft', { draft: this.draft });
      this.postState();
      this.lines.takeChanges();
      this.post('lines', { lines: [...this.lines.all()], isReset: true });
      this.post('history', { points: this.points });
    },
    edit: ({ draft }) => {
      this.draft = draft;
      this.background(() => this.refresh());
    },
    send: ({ draft }) => this.act(() => this.sendDraft(draft, false)),
    start: ({ draft }) => this.act(() => this.sendDraft(draft, true)),
    stop: () => {
      if (!this.controller) return;
      this.setRun({ kind: 'stopping', text: 'Stopping…' });
      this.controller.abort(abortError());
    },
    clearLines: () => this.lines.clear(),
    chooseDevices: () =>
      this.act(async () => {
        const devices = await chooseDevices(this.services, this.hub, this.draft.devices);
        await this.replace({ ...this.draft, devices: [...devices] });
      }),
    chooseCertificate: () =>
      this.act(async () => {
        const [deviceId] = this.draft.devices;
        if (deviceId === undefined) return;
        await pickCertificateFiles(this.services, this.hub, { deviceId });
        await this.readTarget(true);
      }),
    chooseBodyFile: () => this.act(() => this.chooseBodyFile()),
    formatBody: ({ draft }) => {
      if (draft.body.kind !== 'json') return;
      void this.replace({ ...draft, body: { kind: 'json', text: indentJson(draft.body.text) } });
    },
    nextPreview: () => this.background(() => this.refresh()),
    copyWire: ({ key }) => this.act(() => copyWire(this.services, this.copyRequest(), key)),
    copyAs: ({ kind }) => this.act(() => copyAs(this.services, this.copyRequest(), kind)),
    openMessageFile: () => this.act(async () => this.surroundings.openFile(await askForMessageFile(), this)),
    saveMessageFile: ({ draft }) =>
      this.act(async () => {
        this.draft = draft;
        this.fileUri = await saveMessageFile(draft, this.fileUri);
        this.surroundings.onFile(this.fileUri);
        this.postState();
      }),
    report: ({ text }) => this.services.log.error(`The page of the publish panel reports: ${text}`),
    showMonitor: () =>
      this.act(async () => executeCommand(commands.startMonitoring, { kind: 'hub', hubId: this.hub.id })),
  };

  private receive(message: unknown): void {
    const refused = dispatch(toHost, this.handlers, message);
    if (refused) this.services.log.warn(`The publish panel was told something it cannot use: ${refused}`);
  }

  private act(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => showFailure(error, 'Publishing', this.services.log));
  }

  /** For what the person did not ask for: the log alone hears of a failure. */
  private background(work: () => Promise<unknown>): void {
    if (this.isDisposed) return;
    work().catch((error: unknown) =>
      this.services.log.error('The publish panel could not be updated.', error),
    );
  }

  private async sendDraft(draft: PublishDraft, isRepeated: boolean): Promise<void> {
    this.draft = draft;
    await this.send(isRepeated);
  }

  private copyRequest() {
    return { draft: this.draft, next: this.derivation.next, logins: this.logins };
  }

  private async chooseBodyFile(): Promise<void> {
    const [file] =
      (await vscode.window.showOpenDialog({ title: 'File that is the body', openLabel: 'Use' })) ?? [];
    if (!file) throw abortError();
    await this.replace({ ...this.draft, body: { kind: 'file', path: file.fsPath } });
  }

  // --- What follows ------------------------------------------------------------------------------

  private async replace(draft: PublishDraft): Promise<void> {
    this.draft = draft;
    this.post('draft', { draft });
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    this.derivation = derive(this.draft, await this.bodyFile.of(this.draft));
    this.panel.title = panelTitle(this.facts);
    this.postState();
    await this.readTarget(false);
  }

  /** The hub may have moved to other ports; other hubs do not matter here. */
  private followHub(): void {
    const status = this.services.hubs.find(this.hub.id)?.status;
    if (status === this.hubStatus) return;
    this.hubStatus = status;
    this.background(() => this.readTarget(true));
  }

  /** Looks up how the first device logs in, once for each device unless the hub may have moved. */
  private async readTarget(again: boolean): Promise<void> {
    const [deviceId] = this.draft.devices;
    if (this.isDisposed || (!again && deviceId === this.target.deviceId)) return;
    const status = this.services.hubs.find(this.hub.id)?.status;
    if (status !== 'ready') {
      // Asking for its connection would start it, and nobody asked for that.
      this.target = {
        deviceId: undefined,
        problem: status ? 'The hub is not running; sending starts it.' : 'This hub is no longer in the list.',
      };
      return this.postState();
    }
    const connection = withoutKey(await this.logins.connection());
    this.target = { deviceId, connection };
    if (deviceId !== undefined) {
      try {
        const { device, certificate } = await this.logins.ready(deviceId);
        if (deviceId !== this.draft.devices[0]) return;
        this.target = { deviceId, connection, authentication: device.authentication, certificate };
      } catch (error) {
        this.target = { deviceId, connection, problem: plainMessage(error) };
      }
    }
    this.postState();
  }

  private get facts(): PanelFacts {
    const { hub, draft, derivation, target, run, tokenExpiresAt, fileUri } = this;
    const listed = this.services.devices.loaded(hub.id)?.devices ?? [];
    return {
      hub,
      draft,
      derivation,
      target,
      run,
      tokenExpiresAt,
      fileUri,
      listed,
      watchProblem: this.watch.problem,
    };
  }

  // --- What the page is told ---------------------------------------------------------------------

  /** Many changes of one turn are one message. */
  private postState(): void {
    if (this.isDisposed) return;
    this.statePosted ??= setImmediate(() => {
      this.statePosted = undefined;
      this.post('state', panelState(this.facts));
    });
  }

  private postLines(): void {
    if (!this.isPageReady) return;
    const changes = this.lines.takeChanges();
    if (changes) this.post('lines', { lines: [...changes.lines], isReset: changes.isReset });
  }

  private setRun(run: RunState): void {
    // The answers of a run that is being stopped still come in.
    if (this.run.kind === 'stopping' && run.kind !== 'idle') return;
    this.run = run;
    this.postState();
  }

  private setToken(expiresAt: number | null): void {
    if (expiresAt === this.tokenExpiresAt) return;
    this.tokenExpiresAt = expiresAt;
    this.postState();
  }

  private addPoint(point: Point): void {
    if (this.isDisposed) return;
    this.points = [...this.points.slice(-(keptPoints - 1)), point];
    this.post('point', point);
  }
}

/** What the panel keeps of an address: everything but its secret. */
function withoutKey(hub: HubConnection): Omit<HubConnection, 'key'> {
  const { hostName, policyName, mqttPort, httpsPort, amqpPort, caFile } = hub;
  return { hostName, policyName, mqttPort, httpsPort, amqpPort, ...(caFile ? { caFile } : {}) };
}
