import * as l10n from '@vscode/l10n';
import { assertNever } from '../../../core/base/assertNever';
import { agoText, elapsedText } from '../../../core/base/durations';
import { formatCount } from '../../../core/base/numbers';
import { iconLabel } from '../../../core/base/singleLine';

/** State of a monitor. The count of received messages continues across interruptions. */
export type MonitorState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly received: number }
  /** `trouble` is a failure that the reader is recovering from. */
  | { readonly kind: 'live'; readonly received: number; readonly trouble?: string }
  | { readonly kind: 'retrying'; readonly received: number; readonly reason: string }
  | { readonly kind: 'stopping'; readonly received: number }
  | { readonly kind: 'failed'; readonly received: number; readonly reason: string };

export type MonitorEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'received'; readonly count: number }
  | { readonly kind: 'trouble'; readonly reason: string }
  /** The reader has recovered. */
  | { readonly kind: 'recovered' }
  /** Reading was interrupted and is retried. */
  | { readonly kind: 'interrupted'; readonly reason: string }
  /** Reading has failed permanently. */
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
      // Messages that arrive while it stops still count. Other partitions may continue while one has a failure.
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

/** Time without messages: since the last message, or since the monitor connected if there was none. */
export interface Silence {
  readonly sinceMs: number;
  readonly hasMessages: boolean;
  /** Messages hidden by the filter; absent without a filter. */
  readonly hidden?: number;
  /** Recent messages per second. */
  readonly perSecond?: number;
  readonly isRecording?: boolean;
}

/** Shorter silences are not shown in the status bar. */
const quietMs = 5_000;

export function silenceText({ sinceMs, hasMessages }: Pick<Silence, 'sinceMs' | 'hasMessages'>): string {
  return hasMessages
    ? l10n.t({
        message: 'last message {0}',
        args: [agoText(sinceMs, 0)],
        comment: ['{0} is a time that has passed, such as "12 s ago"'],
      })
    : l10n.t('no messages for {0}', elapsedText(sinceMs));
}

/** Describes the state of a monitor. */
export function describeState(state: MonitorState): string {
  switch (state.kind) {
    case 'idle':
      return l10n.t('Stopped');
    case 'connecting':
      return l10n.t('Connecting…');
    case 'live':
      return state.trouble ? l10n.t('Reconnecting: {0}', state.trouble) : l10n.t('Live');
    case 'retrying':
      return l10n.t('Reconnecting: {0}', state.reason);
    case 'stopping':
      return l10n.t('Stopping…');
    case 'failed':
      return l10n.t('Stopped: {0}', state.reason);
  }
}

/** The status bar item of a monitor; `undefined` while it is stopped. */
export function monitorStatus(
  state: MonitorState,
  label: string,
  silence?: Silence,
): MonitorStatus | undefined {
  const count = formatCount(receivedIn(state));
  const isRecording = silence?.isRecording === true;
  const item = (icon: string, tooltip: string, text = label, isError = false): MonitorStatus => ({
    text: isRecording ? `${iconLabel('record', '')}${iconLabel(icon, text)}` : iconLabel(icon, text),
    tooltip: isRecording
      ? l10n.t('{0} Messages are being recorded. Click for actions.', tooltip)
      : l10n.t('{0} Click for actions.', tooltip),
    isError,
  });
  switch (state.kind) {
    case 'idle':
      return undefined;
    case 'connecting':
      return item('loading~spin', l10n.t('Connecting to {0}.', label));
    case 'live':
      return state.trouble
        ? item(
            'warning',
            l10n.t('{0} Retrying.', state.trouble),
            l10n.t('{0} {1} · reconnecting', label, count),
          )
        : item(
            silence?.hidden === undefined ? 'pulse' : 'filter',
            liveTooltip(label, receivedIn(state), silence),
            [`${label} ${count}`, ...activityText(silence)].join(' · '),
          );
    case 'retrying':
      return item(
        'sync~spin',
        l10n.t('{0} Reconnecting.', state.reason),
        l10n.t('{0} {1} · reconnecting', label, count),
      );
    case 'stopping':
      return item('loading~spin', l10n.t('Stopping monitoring of {0}.', label), `${label} ${count}`);
    case 'failed':
      return item(
        'error',
        l10n.t('Monitoring stopped: {0}', state.reason),
        l10n.t('{0} {1} · stopped', label, count),
        true,
      );
  }
}

function liveTooltip(label: string, received: number, silence: Silence | undefined): string {
  const messages = received === 1 ? l10n.t('1 message') : l10n.t('{0} messages', formatCount(received));
  if (!silence) return l10n.t('Monitoring {0}: {1}.', label, messages);
  return silence.hidden === undefined
    ? l10n.t('Monitoring {0}: {1}, {2}.', label, messages, silenceText(silence))
    : l10n.t(
        'Monitoring {0}: {1}, {2}, {3} hidden by the filter.',
        label,
        messages,
        silenceText(silence),
        formatCount(silence.hidden),
      );
}

function activityText(silence: Silence | undefined): readonly string[] {
  if (!silence) return [];
  if (silence.sinceMs >= quietMs) return [silenceText(silence)];
  const perSecond = Math.round(silence.perSecond ?? 0);
  return perSecond > 0
    ? [l10n.t({ message: '{0}/s', comment: ['Messages per second'], args: [formatCount(perSecond)] })]
    : [];
}
