/** What a monitor reads. */
export interface MonitorTarget {
  readonly id: string;
  readonly hubId: string;
  readonly hubName: string;
  /** The hub's name, and its devices when it is for some only. */
  readonly label: string;
  /** Only messages of these; all of the hub's without. */
  readonly deviceIds?: readonly string[];
}
