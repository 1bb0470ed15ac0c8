import { Emitter } from '../base/event';

/** Short-lived states of hubs that menus and the tree show, such as `monitored`. */
export class HubBadges {
  private readonly badges = new Map<string, Set<string>>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  set(hubId: string, badge: string, isOn: boolean): void {
    const badges = this.badges.get(hubId) ?? new Set<string>();
    if (badges.has(badge) === isOn) return;
    if (isOn) badges.add(badge);
    else badges.delete(badge);
    this.badges.set(hubId, badges);
    this.changed.fire();
  }

  badgesOf(hubId: string): readonly string[] {
    return [...(this.badges.get(hubId) ?? [])];
  }

  hubsWith(badge: string): readonly string[] {
    return [...this.badges].filter(([, badges]) => badges.has(badge)).map(([hubId]) => hubId);
  }
}
