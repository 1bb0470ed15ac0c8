import { type Disposable } from '../base/disposable';
import { type Hub, type HubAbsence } from './hub';
import { type HubDirectory } from './hubDirectory';

/** Hubs and accounts may be listed shortly after the window has loaded, so an earlier absence is not reported. */
const graceMs = 2_000;

interface HubWaitHandlers {
  /** The hub is listed. Called once, and nothing is called after it. */
  onFound(hub: Hub): void;
  /** `absence` has changed. */
  onChange(): void;
}

/** Waits indefinitely for a hub that was listed before the window was reloaded. */
export class HubWait implements Disposable {
  /** Why the hub is not listed; `undefined` while it is searched for. */
  absence: HubAbsence | undefined;
  private readonly since: number;
  private readonly changes: Disposable;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private isOver = false;

  constructor(
    private readonly hubs: Pick<HubDirectory, 'find' | 'seek' | 'onDidChange'>,
    private readonly hubId: string,
    private readonly handlers: HubWaitHandlers,
    private readonly now: () => number = Date.now,
  ) {
    this.since = now();
    this.changes = hubs.onDidChange(() => this.search());
    this.search();
  }

  /** Clears the absence and searches again, for example after the user has signed in. */
  retry(): void {
    this.show(undefined);
    this.search();
  }

  dispose(): void {
    this.isOver = true;
    this.turn++;
    clearTimeout(this.timer);
    this.changes.dispose();
  }

  private search(): void {
    const turn = ++this.turn;
    if (this.isFound()) return;
    void this.hubs.seek(this.hubId).then((absence) => {
      if (turn !== this.turn || this.isFound()) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(absence), Math.max(0, this.since + graceMs - this.now()));
    });
  }

  private isFound(): boolean {
    const hub = this.isOver ? undefined : this.hubs.find(this.hubId);
    if (!hub) return this.isOver;
    this.dispose();
    this.handlers.onFound(hub);
    return true;
  }

  private show(absence: HubAbsence | undefined): void {
    clearTimeout(this.timer);
    const { absence: before } = this;
    if (
      this.isOver ||
      (before?.message === absence?.message && before?.action?.kind === absence?.action?.kind)
    )
      return;
    this.absence = absence;
    this.handlers.onChange();
  }
}
