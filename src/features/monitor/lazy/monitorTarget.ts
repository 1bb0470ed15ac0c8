/** The hub or devices that a monitor reads. */
export interface MonitorTarget {
  readonly id: string;
  readonly hubId: string;
  readonly hubName: string;
  /** The name of the hub, followed by the devices if it is for some devices only. */
  readonly label: string;
  /** The monitored devices; all devices of the hub if omitted. */
  readonly deviceIds?: readonly string[];
}
