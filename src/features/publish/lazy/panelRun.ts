import * as l10n from '@vscode/l10n';
import { abortError } from '../../../core/base/abort';
import { type Disposable } from '../../../core/base/disposable';
import { IotError } from '../../../core/errors';
import { maxPoints, type Point, type RunState } from '../../../webview/publish/api';

const idle: RunState = { kind: 'idle' };

interface RunHandlers {
  /** The state or the token of the run has changed. */
  onChange(): void;
  onPoint(point: Point): void;
  /** A run has ended, successfully or not. */
  onEnd(): void;
}

/** The run of a publish panel: one at a time, with its state and the statistics of the last one. */
export class PanelRun implements Disposable {
  state: RunState = idle;
  points: readonly Point[] = [];
  /** Milliseconds; `null` unless a connection with a token is open. */
  tokenExpiresAt: number | null = null;
  private controller: AbortController | undefined;

  constructor(private readonly handlers: RunHandlers) {}

  get isBusy(): boolean {
    return this.state.kind !== 'idle';
  }

  /** @throws IotError while another one runs, and what `work` throws */
  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.isBusy)
      throw new IotError('unsupported', l10n.t('This panel is already publishing. Stop it first.'));
    const controller = new AbortController();
    this.controller = controller;
    this.setState({ kind: 'preparing', text: l10n.t('Preparing…') });
    try {
      await work(controller.signal);
    } finally {
      this.controller = undefined;
      this.setState(idle);
      this.handlers.onEnd();
    }
  }

  stop(): void {
    if (!this.controller) return;
    this.setState({ kind: 'stopping', text: l10n.t('Stopping…') });
    this.controller.abort(abortError());
  }

  setState(state: RunState): void {
    // A run that is stopping still reports results.
    if (this.state.kind === 'stopping' && state.kind !== 'idle') return;
    this.state = state;
    this.handlers.onChange();
  }

  setToken(expiresAt: number | null): void {
    if (expiresAt === this.tokenExpiresAt) return;
    this.tokenExpiresAt = expiresAt;
    this.handlers.onChange();
  }

  addPoint(point: Point): void {
    this.points = [...this.points.slice(-(maxPoints - 1)), point];
    this.handlers.onPoint(point);
  }

  dispose(): void {
    this.controller?.abort(abortError());
  }
}
