import { type Disposable } from '../../../core/base/disposable';
import { plainMessage } from '../../../core/errors';
import { type Hub, type HubStatus } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type Services } from '../../../services';
import { type DeviceLogins } from './deviceLogins';
import { type Target } from './panelState';

interface TargetHandlers {
  /** Of the draft as it is now. */
  firstDevice(): string | undefined;
  /** `target` has changed. */
  onChange(): void;
  /** The hub was started or stopped, perhaps at other ports: read again. */
  onHubChange(): void;
}

/** Reads how the first device of a draft connects to its hub: once for each device, unless the hub may have moved. */
export class TargetReader implements Disposable {
  target: Target = { deviceId: undefined };
  private hubStatus: HubStatus | undefined;
  private readonly changes: Disposable;
  private isOver = false;

  constructor(
    private readonly hub: Hub,
    private readonly services: Pick<Services, 'hubs'>,
    private readonly logins: Pick<DeviceLogins, 'connection' | 'ready'>,
    private readonly handlers: TargetHandlers,
  ) {
    this.hubStatus = this.status;
    this.changes = services.hubs.onDidChange(() => {
      // Other hubs do not matter here.
      if (this.status === this.hubStatus) return;
      this.hubStatus = this.status;
      handlers.onHubChange();
    });
  }

  async read(again: boolean): Promise<void> {
    const { logins, handlers } = this;
    const deviceId = handlers.firstDevice();
    if (this.isOver || (!again && deviceId === this.target.deviceId)) return;
    const { status } = this;
    if (status !== 'ready') {
      // Asking for its connection would start it, and nobody asked for that.
      return this.show({
        deviceId: undefined,
        problem: status ? 'The hub is not running; sending starts it.' : 'This hub is no longer in the list.',
      });
    }
    const connection = withoutKey(await logins.connection());
    this.target = { deviceId, connection };
    if (deviceId === undefined) return handlers.onChange();
    try {
      const { device, certificate } = await logins.ready(deviceId);
      if (deviceId !== handlers.firstDevice()) return;
      this.show({ deviceId, connection, authentication: device.authentication, certificate });
    } catch (error) {
      this.show({ deviceId, connection, problem: plainMessage(error) });
    }
  }

  dispose(): void {
    this.isOver = true;
    this.changes.dispose();
  }

  private get status(): HubStatus | undefined {
    return this.services.hubs.find(this.hub.id)?.status;
  }

  private show(target: Target): void {
    this.target = target;
    this.handlers.onChange();
  }
}

/** What the panel keeps of an address: everything but its secret. */
function withoutKey(hub: HubConnection): Omit<HubConnection, 'key'> {
  const { hostName, policyName, mqttPort, httpsPort, amqpPort, caFile } = hub;
  return { hostName, policyName, mqttPort, httpsPort, amqpPort, ...(caFile ? { caFile } : {}) };
}
