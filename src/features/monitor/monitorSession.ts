import { assertNever } from '../../core/base/assertNever';

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
      // Messages on the way while it stops still count; they say that trouble is over.
      if (state.kind === 'live') return { kind: 'live', received: received + event.count };
      return state.kind === 'idle' || state.kind === 'failed'
        ? state
        : { ...state, received: received + event.count };
    case 'trouble':
      return state.kind === 'live' ? { ...state, trouble: event.reason } : state;
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
}

/** Shorter silences are not worth a place in the status bar. */
const quietMs = 5_000;

export function silenceText({ sinceMs, hasMessages }: Pick<Silence, 'sinceMs' | 'hasMessages'>): string {
  const seconds = Math.floor(sinceMs / 1_000);
  const long =
    seconds < 60
      ? `${seconds} s`
      : seconds < 3_600
        ? `${Math.floor(seconds / 60)} min`
        : `${Math.floor(seconds / 3_600)} h`;
  return hasMessages ? `last message ${long} ago` : `nothing for ${long}`;
}

/** The status bar item; none while nothing runs. */
export function monitorStatus(
  state: MonitorState,
  hubName: string,
  silence?: Silence,
): MonitorStatus | undefined {
  const count = receivedIn(state);
  switch (state.kind) {
    case 'idle':
      return undefined;
    case 'connecting':
      return {
        text: `$(loading~spin) ${hubName}`,
        tooltip: `Connecting to the events of ${hubName}. Click to stop.`,
        isError: false,
      };
    case 'live':
      return state.trouble
        ? {
            text: `$(warning) ${hubName} ${count}`,
            tooltip: `${state.trouble} Trying again. Click to stop.`,
            isError: false,
          }
        : {
            text: `$(${silence?.hidden === undefined ? 'pulse' : 'filter'}) ${hubName} ${count}${silence && silence.sinceMs >= quietMs ? ` · ${silenceText(silence)}` : ''}`,
            tooltip: `Monitoring ${hubName}: ${count} messages${silence ? `, ${silenceText(silence)}${silence.hidden === undefined ? '' : `, ${silence.hidden} hidden by the filter`}` : ''}. Click to stop.`,
            isError: false,
          };
    case 'retrying':
      return {
        text: `$(sync~spin) ${hubName} ${count}`,
        tooltip: `${state.reason} Connecting again. Click to stop.`,
        isError: false,
      };
    case 'stopping':
      return {
        text: `$(loading~spin) ${hubName} ${count}`,
        tooltip: `Stopping the monitor of ${hubName}.`,
        isError: false,
      };
    case 'failed':
      return {
        text: `$(error) ${hubName} ${count}`,
        tooltip: `Monitoring has ended: ${state.reason} Click to start again.`,
        isError: true,
      };
  }
}
