import { abortError } from '../../../core/base/abort';
import { type Disposable } from '../../../core/base/disposable';
import { IotError } from '../../../core/errors';
import { maxPoints, type Point, type RunState } from '../../../webview/publish/api';

const idle: RunState = { kind: 'idle' };

interface RunHandlers {
  /** The state of the run or its token has changed. */
  onChange(): void;
  onPoint(point: Point): void;
  /** A run is over, however it ended. */
  onEnd(): void;
}

/** What a publish panel is sending: one run at a time, its state and the curves of the last one. */
export class PanelRun implements Disposable {
  state: RunState = idle;
  points: readonly Point[] = [];
  /** Milliseconds; while a connection with a token is open. */
  tokenExpiresAt: number | null = null;
  private controller: AbortController | undefined;

  constructor(private readonly handlers: RunHandlers) {}

  get isBusy(): boolean {
    return this.state.kind !== 'idle';
  }

  /** @throws IotError while another one runs, and what `work` throws */
  async run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.isBusy) throw new IotError('unsupported', 'This panel is publishing already: stop it first.');
    const controller = new AbortController();
    this.controller = controller;
    this.setState({ kind: 'preparing', text: 'Preparing…' });
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
    this.setState({ kind: 'stopping', text: 'Stopping…' });
    this.controller.abort(abortError());
  }

  setState(state: RunState): void {
    // The answers of a run that is being stopped still arrive.
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
