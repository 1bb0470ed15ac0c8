import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { type PublishDraft } from '../../core/publish/draft';
import { type Handlers, type Post, poster, type SavedState, savedStateSchema } from '../protocol';
import { Announcer } from './announcer';
import {
  contract,
  maxResults,
  maxPoints,
  type SendResult,
  type PanelState,
  type Point,
  type Problem,
  toHost,
  type toPage,
} from './api';
import { type VsCodeApi } from '../shared/vscodeApi';

const editMs = 150;

const savedSchema = savedStateSchema(contract.view);

/** An entered number that is not valid. */
export interface Typed {
  readonly text: string;
  readonly problem: string;
}

/** State and actions of the page, which the views draw and call. Does not access the DOM. */
export class Page {
  state: PanelState | null = null;
  draft: PublishDraft | null = null;
  points: readonly Point[] = [];
  announcement = '';
  readonly typed = new Map<string, Typed>();
  readonly post: Post<typeof toHost>;
  /** Newest last. */
  readonly results = new Map<number, SendResult>();
  /** Increases with each change of `results`. */
  resultsVersion = 0;

  /** Content of the kinds of body that are not selected. */
  #kept = { text: '', path: '' };
  #editTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #announcer = new Announcer((text) => this.#announce(text));

  constructor(
    private readonly api: VsCodeApi,
    private readonly changed: () => void,
  ) {
    this.post = poster(toHost, (message) => api.postMessage(message));
    const saved = v.safeParse(savedSchema, api.getState());
    if (!saved.success) return;
    const { draft, kept } = saved.output.view;
    this.draft = draft;
    this.#kept = kept;
  }

  readonly handlers: Handlers<typeof toPage> = {
    state: (state) => {
      this.state = state;
      this.#announcer.run(state.run);
      this.#save();
      this.changed();
    },
    draft: ({ draft }) => {
      clearTimeout(this.#editTimer);
      this.#editTimer = undefined;
      this.typed.clear();
      this.draft = draft;
      this.#keepBody();
      this.#save();
      this.changed();
    },
    results: ({ results, isReset }) => {
      if (isReset) this.results.clear();
      const oldest = this.results.size >= maxResults ? this.results.keys().next().value : undefined;
      for (const result of results)
        if (oldest === undefined || result.id >= oldest) this.results.set(result.id, result);
      for (const id of this.results.keys()) {
        if (this.results.size <= maxResults) break;
        this.results.delete(id);
      }
      this.resultsVersion++;
      this.#announcer.results([...this.results.values()]);
      this.changed();
    },
    point: (point) => {
      // A new run starts new curves.
      const before = (this.points.at(-1)?.second ?? 0) > point.second ? [] : this.points;
      this.points = [...before.slice(1 - maxPoints), point];
      this.#announcer.point(point);
      this.changed();
    },
    history: ({ points }) => {
      this.points = points;
      this.changed();
    },
  };

  /** Changes the draft. */
  edit(change: Partial<PublishDraft>): void {
    if (!this.draft) return;
    this.draft = { ...this.draft, ...change };
    this.#keepBody();
    this.#save();
    clearTimeout(this.#editTimer);
    this.#editTimer = setTimeout(() => this.flush(), editMs);
    this.changed();
  }

  /** Selects another kind of body and restores its content. */
  chooseBody(kind: PublishDraft['body']['kind']): void {
    this.edit({
      body: kind === 'file' ? { kind, path: this.#kept.path } : { kind, text: this.#kept.text },
    });
  }

  /** Stores the invalid input of a number field. */
  type(id: string, typed: Typed | undefined): void {
    if (typed) this.typed.set(id, typed);
    else this.typed.delete(id);
    this.changed();
  }

  /** Posts a pending edit now, so that it precedes the next request. */
  flush(): void {
    if (this.#editTimer === undefined || !this.draft) return;
    clearTimeout(this.#editTimer);
    this.#editTimer = undefined;
    this.post('edit', { draft: this.draft });
  }

  /** Posts a request that depends on the draft. */
  request(
    type: 'chooseDevices' | 'chooseCertificate' | 'chooseBodyFile' | 'nextPreview' | 'openMessageFile',
  ): void {
    this.flush();
    this.post(type, {});
  }

  /** Posts a request with the draft, which includes any pending edit. */
  postDraft(type: 'formatBody' | 'saveMessageFile' | 'send' | 'start'): void {
    if (!this.draft) return;
    if (type === 'send' || type === 'start') {
      if (this.blocked(type)) return;
      if (type === 'send') {
        this.#announcer.sends(
          [...this.results.keys()].at(-1) ?? -1,
          this.draft.devices.length,
          this.draft.qos,
        );
      }
    }
    clearTimeout(this.#editTimer);
    this.#editTimer = undefined;
    this.post(type, { draft: this.draft });
  }

  problems(field: Problem['field'], row?: number): readonly Problem[] {
    return this.state?.problems.filter((each) => each.field === field && each.row === row) ?? [];
  }

  /** Why sending is not possible now. */
  blocked(type: 'send' | 'start'): string | undefined {
    if (!this.state || this.state.run.kind !== 'idle') return l10n.t('Messages are being sent.');
    const error = this.state.problems.find(({ severity }) => severity === 'error');
    if (error) return error.message;
    if (this.state.authentication.kind === 'none' && this.state.authentication.text !== '')
      return this.state.authentication.text;
    const [typed] = this.typed.values();
    return type === 'start' ? typed?.problem : undefined;
  }

  #keepBody(): void {
    const body = this.draft?.body;
    if (body?.kind === 'file') this.#kept.path = body.path;
    else if (body) this.#kept.text = body.text;
  }

  #save(): void {
    if (!this.state || !this.draft) return;
    const { hub, fileUri } = this.state;
    const saved: SavedState<typeof contract.view> = {
      hub,
      view: { draft: this.draft, fileUri, kept: this.#kept },
    };
    this.api.setState(saved);
  }

  #announce(text: string): void {
    // A live region does not announce the same text twice.
    this.announcement = this.announcement === text ? `${text}\u00a0` : text;
    this.changed();
  }
}
