import * as l10n from '@vscode/l10n';
import { type Disposable } from '../../../core/base/disposable';
import { plainMessage } from '../../../core/errors';
import { type Hub, type HubStatus } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type Services } from '../../../services';
import { type DeviceAuthentication } from './deviceAuthentication';
import { type Target } from './panelState';

interface TargetHandlers {
  /** The first device of the current draft. */
  firstDevice(): string | undefined;
  /** `target` has changed. */
  onChange(): void;
  /** The hub was started or stopped, possibly on other ports: read again. */
  onHubChange(): void;
}

/** Reads how the first device of a draft connects to its hub: once per device, unless the hub was restarted. */
export class TargetReader implements Disposable {
  target: Target = { deviceId: undefined };
  private hubStatus: HubStatus | undefined;
  private readonly changes: Disposable;
  private isOver = false;

  constructor(
    private readonly hub: Hub,
    private readonly services: Pick<Services, 'hubs'>,
    private readonly authentication: Pick<DeviceAuthentication, 'connection' | 'ready'>,
    private readonly handlers: TargetHandlers,
  ) {
    this.hubStatus = this.status;
    this.changes = services.hubs.onDidChange(() => {
      // Changes of other hubs are irrelevant.
      if (this.status === this.hubStatus) return;
      this.hubStatus = this.status;
      handlers.onHubChange();
    });
  }

  async read(again: boolean): Promise<void> {
    const { authentication, handlers } = this;
    const deviceId = handlers.firstDevice();
    if (this.isOver || (!again && deviceId === this.target.deviceId)) return;
    const { status } = this;
    if (status !== 'ready') {
      // Requesting its connection would start it.
      return this.show({
        deviceId: undefined,
        isHubStopped: status !== undefined && this.hub.kind === 'local',
        problem: status
          ? l10n.t('The hub is not running. Sending a message starts it.')
          : l10n.t('This hub is no longer in the list.'),
      });
    }
    const connection = await this.connection();
    this.target = { deviceId, connection };
    if (deviceId === undefined) return handlers.onChange();
    try {
      const { device, certificate } = await authentication.ready(deviceId);
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

  private async connection(): Promise<Omit<HubConnection, 'key'>> {
    try {
      return withoutKey(await this.authentication.connection());
    } catch (error) {
      this.show({ deviceId: undefined, problem: plainMessage(error) });
      throw error;
    }
  }

  private get status(): HubStatus | undefined {
    return this.services.hubs.find(this.hub.id)?.status;
  }

  private show(target: Target): void {
    this.target = target;
    this.handlers.onChange();
  }
}

/** The part of a connection that the panel keeps: everything but the secret. */
function withoutKey(hub: HubConnection): Omit<HubConnection, 'key'> {
  const { hostName, policyName, mqttPort, httpsPort, amqpPort, caFile } = hub;
  return { hostName, policyName, mqttPort, httpsPort, amqpPort, ...(caFile ? { caFile } : {}) };
}
