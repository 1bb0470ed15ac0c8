import { assertNever } from '../../../core/base/assertNever';
import { elapsedText } from '../../../core/base/durations';
import { counted } from '../../../core/base/numbers';

/** What a hub's monitor is doing. The count goes on across interruptions. */
export type MonitorState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly received: number }
  /** `trouble` is what the reader is trying to get over by itself. */
  | { readonly kind: 'live'; readonly received: number; readonly trouble?: string }
  | { readonly kind: 'retrying'; readonly received: number; readonly reason: string }
  | { readonly kind: 'stopping'; readonly received: number }
  | { readonly kind: 'failed'; readonly received: number; readonly reason: string };

export type MonitorEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'received'; readonly count: number }
  | { readonly kind: 'trouble'; readonly reason: string }
  /** The reader got over it. */
  | { readonly kind: 'recovered' }
  /** Reading has ended and will be tried again. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  /** Reading has ended for good. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'stopped' };

export function nextMonitorState(state: MonitorState, event: MonitorEvent): MonitorState {
  const received = receivedIn(state);
  switch (event.kind) {
    case 'start':
      return isRunning(state) || state.kind === 'stopping' ? state : { kind: 'connecting', received: 0 };
    case 'connected':
      return state.kind === 'connecting' || state.kind === 'retrying' ? { kind: 'live', received } : state;
    case 'received':
      // Messages on the way while it stops still count. Other partitions may go on while one has trouble.
      return state.kind === 'idle' || state.kind === 'failed'
        ? state
        : { ...state, received: received + event.count };
    case 'trouble':
      return state.kind === 'live' ? { ...state, trouble: event.reason } : state;
    case 'recovered':
      return state.kind === 'live' ? { kind: 'live', received } : state;
    case 'interrupted':
      return isRunning(state) ? { kind: 'retrying', received, reason: event.reason } : state;
    case 'failed':
      return isRunning(state) ? { kind: 'failed', received, reason: event.reason } : state;
    case 'stop':
      return isRunning(state) ? { kind: 'stopping', received } : state;
    case 'stopped':
      return state.kind === 'stopping' ? { kind: 'idle' } : state;
    default:
      return assertNever(event);
  }
}

export function isRunning(state: MonitorState): boolean {
  return state.kind === 'connecting' || state.kind === 'live' || state.kind === 'retrying';
}

export function receivedIn(state: MonitorState): number {
  return state.kind === 'idle' ? 0 : state.received;
}

export interface MonitorStatus {
  readonly text: string;
  readonly tooltip: string;
  readonly isError: boolean;
}

/** For how long nothing came: since the last message, or since it is live when there was none. */
export interface Silence {
  readonly sinceMs: number;
  readonly hasMessages: boolean;
  /** Messages that the filter hides; absent without a filter. */
  readonly hidden?: number;
  /** Messages of the last seconds, a second. */
  readonly perSecond?: number;
  readonly isRecording?: boolean;
}

/** Shorter silences are not worth a place in the status bar. */
const quietMs = 5_000;

export function silenceText({ sinceMs, hasMessages }: Pick<Silence, 'sinceMs' | 'hasMessages'>): string {
  const long = elapsedText(sinceMs);
  return hasMessages ? `last message ${long} ago` : `nothing for ${long}`;
}

/** What it is doing, in words. */
export function stateSentence(state: MonitorState): string {
  switch (state.kind) {
    case 'idle':
      return 'Stopped';
    case 'connecting':
      return 'Connecting…';
    case 'live':
      return state.trouble ? `Reconnecting: ${state.trouble}` : 'Live';
    case 'retrying':
      return `Reconnecting: ${state.reason}`;
    case 'stopping':
      return 'Stopping…';
    case 'failed':
      return `Stopped: ${state.reason}`;
  }
}

/** The status bar item; none while nothing runs. */
export function monitorStatus(
  state: MonitorState,
  label: string,
  silence?: Silence,
): MonitorStatus | undefined {
  const count = receivedIn(state);
  const isRecording = silence?.isRecording === true;
  const item = (icon: string, tooltip: string, more = '', isError = false): MonitorStatus => ({
    text: `${isRecording ? '$(record) ' : ''}$(${icon}) ${label}${more}`,
    tooltip: `${tooltip}${isRecording ? ' Messages are recorded.' : ''} Click for what can be done.`,
    isError,
  });
  switch (state.kind) {
    case 'idle':
      return undefined;
    case 'connecting':
      return item('loading~spin', `Connecting to the events of ${label}.`);
    case 'live':
      return state.trouble
        ? item('warning', `${state.trouble} Trying again.`, ` ${count} · reconnecting`)
        : item(
            silence?.hidden === undefined ? 'pulse' : 'filter',
            `Monitoring ${label}: ${counted(count, 'message')}${silence ? `, ${silenceText(silence)}${silence.hidden === undefined ? '' : `, ${silence.hidden} hidden by the filter`}` : ''}.`,
            ` ${count}${liveText(silence)}`,
          );
    case 'retrying':
      return item('sync~spin', `${state.reason} Connecting again.`, ` ${count} · reconnecting`);
    case 'stopping':
      return item('loading~spin', `Stopping the monitor of ${label}.`, ` ${count}`);
    case 'failed':
      return item('error', `Monitoring has ended: ${state.reason}`, ` ${count} · stopped`, true);
  }
}

function liveText(silence: Silence | undefined): string {
  if (!silence) return '';
  if (silence.sinceMs >= quietMs) return ` · ${silenceText(silence)}`;
  const perSecond = Math.round(silence.perSecond ?? 0);
  return perSecond > 0 ? ` · ${perSecond}/s` : '';
}
