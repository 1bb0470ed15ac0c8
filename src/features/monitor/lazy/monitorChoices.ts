import type * as vscode from 'vscode';
import { type HistoryLimits } from '../../../core/history/historyTypes';
import { parseMessageFilter, type MessageFilter } from '../../../core/message/messageFilter';
import { type Settings } from '../../../contributions';
import { setting } from '../../../workbench/settings';
import { type MonitorTarget } from './monitorTarget';

/** A value of the setting, or a time in milliseconds. */
export type StartFrom = Settings['monitor.startFrom'] | number;

/** The selections for one monitor. */
export interface MonitorChoices {
  /** The filter as it was entered; see `parseMessageFilter`. */
  readonly filter?: string | undefined;
  readonly startFrom?: Settings['monitor.startFrom'] | undefined;
  /** Overrides the setting; shared by all monitors of a hub. */
  readonly consumerGroup?: string | undefined;
}

const key = 'iotHubWorkbench.monitorChoices';

/** The selections for each monitor, stored for the workspace. The monitor of a whole hub has the hub's id. */
export class MonitorMemory {
  constructor(private readonly state: vscode.Memento) {}

  /** A monitor of some devices starts like the monitor of its hub, unless another start was selected for it. */
  get({ id, hubId }: Pick<MonitorTarget, 'id' | 'hubId'>): MonitorChoices {
    const { [id]: own, [hubId]: hub } = this.all();
    return {
      filter: own?.filter,
      startFrom: own?.startFrom ?? hub?.startFrom,
      consumerGroup: hub?.consumerGroup,
    };
  }

  async set(
    { id }: Pick<MonitorTarget, 'id'>,
    change: Pick<MonitorChoices, 'filter' | 'startFrom'>,
  ): Promise<void> {
    await this.change(id, change);
  }

  async setConsumerGroup(hubId: string, consumerGroup: string): Promise<void> {
    await this.change(hubId, { consumerGroup });
  }

  private async change(id: string, change: MonitorChoices): Promise<void> {
    const all = this.all();
    await this.state.update(key, { ...all, [id]: { ...all[id], ...change } });
  }

  private all(): Readonly<Record<string, MonitorChoices>> {
    return this.state.get<Readonly<Record<string, MonitorChoices>>>(key, {});
  }
}

/** A stored filter that is no longer valid hides nothing. */
export function filterOf({ filter }: MonitorChoices): MessageFilter | undefined {
  try {
    return filter ? parseMessageFilter(filter) : undefined;
  } catch {
    return undefined;
  }
}

export const historyLimits = (): HistoryLimits => ({
  maxBytes: setting('monitor.history.megabytes') * 1024 * 1024,
  maxMessages: setting('monitor.history.messages'),
});

/** How a monitor is started. */
export interface MonitorStart {
  /** The previous selection if omitted. */
  readonly from?: StartFrom;
  /** Continues after the last message, for example with another consumer group, and keeps the buffered messages. */
  readonly isResumed?: boolean;
  /** Does not reveal the channel. */
  readonly isQuiet?: boolean;
}
