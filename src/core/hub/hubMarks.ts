import { Emitter } from '../base/event';

/** Short-lived facts about hubs that menus and the tree show, such as `monitored`. */
export class HubMarks {
  private readonly marks = new Map<string, Set<string>>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  set(hubId: string, mark: string, isOn: boolean): void {
    const marks = this.marks.get(hubId) ?? new Set<string>();
    if (marks.has(mark) === isOn) return;
    if (isOn) marks.add(mark);
    else marks.delete(mark);
    this.marks.set(hubId, marks);
    this.changed.fire();
  }

  of(hubId: string): readonly string[] {
    return [...(this.marks.get(hubId) ?? [])];
  }

  hubsWith(mark: string): readonly string[] {
    return [...this.marks].filter(([, marks]) => marks.has(mark)).map(([hubId]) => hubId);
  }
}
