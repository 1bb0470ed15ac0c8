import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { toDisposable, type Disposable } from '../../../core/base/disposable';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { indentJson } from '../../../core/message/jsonText';
import { type PublishDraft } from '../../../core/publish/draft';
import { MessageComposer } from '../../../core/publish/messageComposer';
import { SendResultList } from '../../../core/publish/sendResult';
import { commands, webviews } from '../../../contributions';
import { pickCertificateFiles } from '../../../explorer/deviceAuthentication';
import { type Services } from '../../../services';
import { type Handlers } from '../../../webview/protocol';
import { contract, maxResults } from '../../../webview/publish/api';
import { executeCommand } from '../../../workbench/commands';
import { WebviewHost, type WebviewSurroundings } from '../../../workbench/webviewHost';
import { ArrivalWatch } from './arrivalWatch';
import { BodyFile, bodyPath } from './bodyFile';
import { copyAs, copyConnectionDetail } from './copying';
import { chooseDevices } from './deviceChoice';
import { DeviceAuthentication } from './deviceAuthentication';
import { askForMessageFile, saveMessageFile } from './messageFiles';
import { derive, generatorsOf, type Derivation } from './panelDerivation';
import { PanelRun } from './panelRun';
import { panelState, panelTitle, panelProblems, type PanelStateInput } from './panelState';
import { sendMessages } from './sending';
import { TargetReader } from './targetReader';

export const publishWebview = { viewType: webviews.publish, label: 'publish panel', contract };

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
  | 'certificateWork'
  | 'hubCertificates'
  | 'passphrases'
  | 'log'
>;

export interface PanelSurroundings extends Pick<WebviewSurroundings, 'extensionUri'> {
  /** A message file was opened or saved. */
  onFile(uri: vscode.Uri): void;
  /** Opens a message file in this panel or another. */
  openFile(uri: vscode.Uri, panel: PublishPanel): Promise<void>;
}

const linesEveryMs = 200;

/** One publish panel: keeps the draft, serves its page, and sends its messages. */
export class PublishPanel implements Disposable {
  private readonly host: WebviewHost<typeof contract.toHost, typeof contract.toPage>;
  readonly onDidDispose: WebviewHost<typeof contract.toHost, typeof contract.toPage>['onDidDispose'];
  private readonly authentication: DeviceAuthentication;
  private readonly watch: ArrivalWatch;
  private readonly target: TargetReader;
  private readonly results = new SendResultList(maxResults);
  private readonly run: PanelRun;
  private readonly bodyFile = new BodyFile();
  private derivation: Derivation;
  private statePosted: NodeJS.Immediate | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    readonly hub: Hub,
    private draft: PublishDraft,
    private fileUri: vscode.Uri | undefined,
    private readonly services: PanelServices,
    private readonly surroundings: PanelSurroundings,
    source: { readonly bodyPath: string | undefined; readonly confirmed?: string | undefined },
  ) {
    this.bodyFile.reset(source.bodyPath, fileUri, source.confirmed);
    const onChange = () => this.postState();
    this.authentication = new DeviceAuthentication(hub, services);
    this.derivation = derive(draft, undefined);
    this.run = new PanelRun({
      onChange,
      onPoint: (point) => this.host.post('point', point),
      onEnd: () => this.readTargetAgain(),
    });
    this.watch = new ArrivalWatch(hub.id, services, onChange);
    this.target = new TargetReader(hub, services, this.authentication, {
      firstDevice: () => this.draft.devices[0],
      onChange,
      onHubChange: () => this.readTargetAgain(),
    });
    this.host = new WebviewHost(
      panel,
      publishWebview,
      { extensionUri: surroundings.extensionUri, log: services.log },
      {
        title: panelTitle({ draft, hub }),
        handlers: this.handlers,
        onReady: () => {
          this.host.post('draft', { draft: this.draft });
          this.postState();
          this.results.takeChanges();
          this.host.post('results', { results: [...this.results.all()], isReset: true });
          this.host.post('history', { points: [...this.run.points] });
        },
      },
    );
    this.onDidDispose = this.host.onDidDispose;
    this.host.add(toDisposable(() => clearImmediate(this.statePosted)));
    this.host.add(this.watch);
    this.host.add(this.target);
    this.host.add(this.run);
    this.host.every(linesEveryMs, () => this.postLines());
    this.host.background(() => this.refresh());
  }

  get deviceIds(): readonly string[] {
    return this.draft.devices;
  }

  get isBusy(): boolean {
    return this.run.isBusy;
  }

  get file(): vscode.Uri | undefined {
    return this.fileUri;
  }

  reveal(): void {
    this.host.reveal();
  }

  /** Replaces the content of the form, for example after a file was opened. */
  async show(
    draft: PublishDraft,
    file: vscode.Uri | undefined,
    confirmedBodyFile: string | undefined,
  ): Promise<void> {
    this.fileUri = file;
    this.bodyFile.reset(bodyPath(draft), file, confirmedBodyFile);
    await this.replace(draft);
  }

  /** Sends the message, once or repeatedly. */
  async send(isRepeated: boolean): Promise<void> {
    const { run } = this;
    await run.run(async (signal) => {
      if (isRepeated) {
        run.points = [];
        this.host.post('history', { points: [] });
      }
      await this.refresh();
      const { draft } = this;
      await sendMessages(
        this.services,
        {
          hub: this.hub,
          draft,
          composer: await this.composer(draft),
          isRepeated,
          results: this.results,
          watch: this.watch,
          authentication: this.authentication,
          onRun: (state) => run.setState(state),
          onPoint: (point) => run.addPoint(point),
          onToken: (expiresAt) => run.setToken(expiresAt),
        },
        signal,
      );
    });
  }

  dispose(): void {
    this.host.dispose();
  }

  // --- Messages from the page --------------------------------------------------------------------

  private readonly handlers: Handlers<typeof contract.toHost> = {
    edit: ({ draft }) => {
      this.draft = draft;
      this.host.background(() => this.refresh());
    },
    send: ({ draft }) => this.host.act(() => this.sendDraft(draft, false)),
    start: ({ draft }) => this.host.act(() => this.sendDraft(draft, true)),
    stop: () => this.run.stop(),
    clearResults: () => this.results.clear(),
    chooseDevices: () =>
      this.host.act(async () => {
        const devices = await chooseDevices(this.services, this.hub, this.draft.devices);
        await this.replace({ ...this.draft, devices: [...devices] });
      }),
    chooseCertificate: () =>
      this.host.act(async () => {
        const [deviceId] = this.draft.devices;
        if (deviceId === undefined) return;
        await pickCertificateFiles(this.services, this.hub, { deviceId });
        await this.target.read(true);
      }),
    chooseBodyFile: () => this.host.act(() => this.chooseBodyFile()),
    formatBody: ({ draft }) => {
      if (draft.body.kind !== 'json') return;
      const text = indentJson(draft.body.text);
      if (text !== undefined) void this.replace({ ...draft, body: { kind: 'json', text } });
    },
    nextPreview: () => this.host.background(() => this.refresh()),
    copyConnectionDetail: ({ key }) =>
      this.host.act(() => copyConnectionDetail(this.services, this.copyRequest(), key)),
    copyAs: ({ kind }) => this.host.act(() => copyAs(this.services, this.copyRequest(), kind)),
    openMessageFile: () =>
      this.host.act(async () => this.surroundings.openFile(await askForMessageFile(), this)),
    saveMessageFile: ({ draft }) =>
      this.host.act(async () => {
        this.draft = draft;
        this.fileUri = await saveMessageFile(draft, this.fileUri);
        this.surroundings.onFile(this.fileUri);
        this.postState();
      }),
    showMonitor: () =>
      this.host.act(async () =>
        executeCommand(commands.startMonitoring, { kind: 'hub', hubId: this.hub.id }),
      ),
  };

  private async sendDraft(draft: PublishDraft, isRepeated: boolean): Promise<void> {
    this.draft = draft;
    await this.send(isRepeated);
  }

  private copyRequest() {
    return { draft: this.draft, next: this.derivation.next, authentication: this.authentication };
  }

  private async chooseBodyFile(): Promise<void> {
    const [file] =
      (await vscode.window.showOpenDialog({
        title: l10n.t('Select Body File'),
        openLabel: l10n.t({ message: 'Select', comment: ['Verb, button'], args: [] }),
      })) ?? [];
    if (!file) throw abortError();
    this.bodyFile.select();
    await this.replace({ ...this.draft, body: { kind: 'file', path: file.fsPath } });
  }

  // --- Derived state -----------------------------------------------------------------------------

  private async replace(draft: PublishDraft): Promise<void> {
    this.draft = draft;
    this.host.post('draft', { draft });
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    this.derivation = derive(this.draft, await this.bodyFile.read(this.draft));
    this.host.setTitle(panelTitle(this.stateInput));
    this.postState();
    await this.target.read(false);
  }

  /** @throws IotError when the draft has an error */
  private async composer(draft: PublishDraft): Promise<MessageComposer> {
    const error = panelProblems(this.stateInput).find(
      ({ severity, field }) => severity === 'error' && field !== 'target',
    );
    const { composer } = MessageComposer.create(draft, await this.bodyFile.read(draft), generatorsOf(draft));
    if (error || !composer) {
      throw new IotError('invalidInput', error?.message ?? l10n.t('The message is not valid.'));
    }
    return composer;
  }

  private readTargetAgain(): void {
    this.host.background(() => this.target.read(true));
  }

  private get stateInput(): PanelStateInput {
    const { hub, draft, derivation, target, run, fileUri } = this;
    const listed = this.services.devices.loaded(hub.id)?.devices ?? [];
    return {
      hub,
      draft,
      derivation,
      target: target.target,
      run: run.state,
      tokenExpiresAt: run.tokenExpiresAt,
      fileUri,
      listed,
      watchProblem: this.watch.problem,
    };
  }

  // --- Messages to the page ----------------------------------------------------------------------

  /** Combines the changes of one turn of the event loop. */
  private postState(): void {
    if (this.host.isDisposed) return;
    this.statePosted ??= setImmediate(() => {
      this.statePosted = undefined;
      this.host.post('state', panelState(this.stateInput));
    });
  }

  private postLines(): void {
    const changes = this.results.takeChanges();
    if (changes) this.host.post('results', { results: [...changes.results], isReset: changes.isReset });
  }
}
