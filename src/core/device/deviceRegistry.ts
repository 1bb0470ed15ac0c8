import { type HubStatistics } from '../hub/hubSettings';
import { type Device, type DeviceSummary, type NewCredentials } from './device';

export interface DevicePage {
  readonly devices: readonly DeviceSummary[];
  /** Hand it back to get the next page; absent on the last. */
  readonly continuation?: string;
}

/** The identity registry of one hub. Every failure is an `IotError`. */
export interface DeviceRegistry {
  /** `query` is a statement of IoT Hub's query language; see `deviceQuery`. */
  list(query: string, pageSize: number, continuation?: string, signal?: AbortSignal): Promise<DevicePage>;
  /** `undefined` when the device does not exist. */
  find(deviceId: string, signal?: AbortSignal): Promise<Device | undefined>;
  get(deviceId: string, signal?: AbortSignal): Promise<Device>;
  create(deviceId: string, credentials: NewCredentials, signal?: AbortSignal): Promise<Device>;
  setEnabled(deviceId: string, isEnabled: boolean, signal?: AbortSignal): Promise<Device>;
  /**
   * New thumbprints for a device that authenticates with them; an empty one means none.
   * @param etag of the device as it was read. @throws IotError `changedMeanwhile`
   */
  setThumbprints(
    deviceId: string,
    thumbprints: { readonly primary: string; readonly secondary: string },
    etag: string,
    signal?: AbortSignal,
  ): Promise<Device>;
  delete(deviceId: string, signal?: AbortSignal): Promise<void>;
  /** How many devices there are. */
  statistics(signal?: AbortSignal): Promise<HubStatistics>;
  /** How many devices are connected now. */
  connectedCount(signal?: AbortSignal): Promise<number>;
  dispose(): void;
}

/** Provides the registry of a hub, connected to where the hub is now. */
export interface DeviceRegistries {
  forHub(hubId: string, signal?: AbortSignal): Promise<DeviceRegistry>;
}
