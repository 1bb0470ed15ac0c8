import * as l10n from '@vscode/l10n';
import { deviceHostOf } from '../../../core/hub/hubHosts';
import { abortable, isAbort } from '../../../core/base/abort';
import { inParallel } from '../../../core/base/inParallel';
import { type Device } from '../../../core/device/device';
import { IotError } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { proxyFor } from '../../../core/mqtt/webProxy';
import { type DeviceSession, type SessionState } from '../../../core/message/deviceSession';
import { type PropertyBag } from '../../../core/message/propertyBag';
import { mqttSettings, type CertificateFiles, type MqttSettings } from '../../../core/mqtt/mqttSettings';
import { type PublishDraft } from '../../../core/publish/draft';
import { type RunDevice } from '../../../core/publish/publishRun';
import { knownCertificateFiles, needsCertificate } from '../../../explorer/deviceAuthentication';
import { type Services } from '../../../services';
import { proxySettings } from '../../../workbench/proxySettings';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'authorities' | 'chosenCertificates' | 'passphrases' | 'sessions'
>;

/** QoS 1 messages of a device that may wait for their acknowledgement. */
const maxInFlight = 100;
/** Concurrent registry reads; hubs throttle them. */
const readsAtOnce = 8;

/** A device that is ready to publish, with its key for the run. */
export interface ReadyDevice {
  readonly device: Device;
  readonly certificate: CertificateFiles | undefined;
}

/** How the devices of a panel authenticate. */
export class DeviceAuthentication {
  private asking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly hub: Hub,
    private readonly services: Needs,
  ) {}

  async connection(signal?: AbortSignal): Promise<HubConnection> {
    return this.services.hubs.connection(this.hub.id, [], signal);
  }

  async ready(deviceId: string, signal?: AbortSignal): Promise<ReadyDevice> {
    const registry = await this.services.registries.forHub(this.hub.id, signal);
    const device = await registry.get(deviceId, signal);
    const connection = await this.connection(signal);
    const certificate = await knownCertificateFiles(this.services, { hub: this.hub, connection, device });
    return { device, certificate };
  }

  /** Reads every identity. The result has the error of each that cannot be read. */
  async readyAll(
    deviceIds: readonly string[],
    signal: AbortSignal,
    onProgress: (done: number) => void,
  ): Promise<ReadonlyMap<string, ReadyDevice | Error>> {
    const found = new Map<string, ReadyDevice | Error>();
    const reading = inParallel(deviceIds, readsAtOnce, async (id) => {
      signal.throwIfAborted();
      found.set(id, await this.readyOrReason(id, signal));
      onProgress(found.size);
    });
    await abortable(reading, signal);
    return found;
  }

  private async readyOrReason(deviceId: string, signal: AbortSignal): Promise<ReadyDevice | Error> {
    try {
      return await this.ready(deviceId, signal);
    } catch (error) {
      if (isAbort(error) || !(error instanceof Error)) throw error;
      return error;
    }
  }

  /** Settings of any MQTT client. Holds a new token. @throws IotError */
  async settings(
    { device, certificate }: ReadyDevice,
    tokenSeconds: number,
    bag: PropertyBag,
    caFile?: string,
  ): Promise<MqttSettings> {
    return settingsOf(await this.connection(), { device, certificate }, tokenSeconds, bag, caFile);
  }

  runDevice(ready: ReadyDevice, draft: PublishDraft, connection: () => HubConnection): RunDevice {
    const { deviceId } = ready.device;
    return {
      deviceId,
      open: (onState, signal) => this.open(ready, draft, connection, onState, signal),
      explain: async (error) => (await this.explain(deviceId, ready, error)) ?? error,
    };
  }

  private async open(
    ready: ReadyDevice,
    draft: PublishDraft,
    connection: () => HubConnection,
    onState: (state: SessionState) => void,
    signal: AbortSignal,
  ): Promise<DeviceSession> {
    const { certificate, device } = ready;
    // Fails here rather than within the session, with one error.
    settingsOf(connection(), ready, draft.tokenSeconds, []);
    const { hostName, httpsPort } = connection();
    const proxy = proxyFor(deviceHostOf(hostName), httpsPort, proxySettings());
    const open = (passphrase?: string) =>
      this.services.sessions.open({
        settings: () => settingsOf(connection(), ready, draft.tokenSeconds, []),
        ...(passphrase === undefined ? {} : { passphrase }),
        transport: draft.transport,
        webSocketPort: httpsPort,
        ...(proxy === undefined ? {} : { proxy }),
        maxInFlight,
        onState,
      });
    if (!certificate?.isKeyEncrypted) return open();
    return this.oneAtATime(() =>
      this.services.passphrases.use(
        { keyId: certificate.keyFile, label: device.deviceId, isEncrypted: true },
        async (passphrase) => {
          const session = await open(passphrase);
          try {
            await session.ready(signal);
          } catch (error) {
            await session.close();
            throw error;
          }
          return session;
        },
      ),
    );
  }

  /** Two prompts at once would close each other. */
  private oneAtATime<T>(ask: () => Promise<T>): Promise<T> {
    const answer = this.asking.then(ask);
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  /** The hub does not report to a device why it was refused; its identity shows the reason. */
  private async explain(
    deviceId: string,
    { device, certificate }: ReadyDevice,
    error: Error,
  ): Promise<Error | undefined> {
    const refused = (message: string) => new IotError('refused', message, { cause: error });
    try {
      const registry = await this.services.registries.forHub(this.hub.id);
      const now = await registry.find(deviceId);
      if (!now) return refused(l10n.t('Device "{0}" no longer exists.', deviceId));
      if (!now.isEnabled) {
        return refused(l10n.t('Device "{0}" is disabled. Enable it to publish messages.', deviceId));
      }
      if (certificate || now.credentials.kind !== 'sas' || device.credentials.kind !== 'sas')
        return undefined;
      return now.credentials.primaryKey === device.credentials.primaryKey
        ? undefined
        : refused(l10n.t('The key of device "{0}" was changed during publishing.', deviceId));
    } catch {
      return undefined;
    }
  }
}

function settingsOf(
  hub: HubConnection,
  { device, certificate }: ReadyDevice,
  tokenSeconds: number,
  bag: PropertyBag,
  caFile?: string,
): MqttSettings {
  if (needsCertificate(device) && !certificate) {
    throw new IotError(
      'setupMissing',
      l10n.t(
        'Device "{0}" authenticates with a certificate, but no certificate was issued on this computer or selected.',
        device.deviceId,
      ),
    );
  }
  return mqttSettings({
    hub,
    device,
    bag,
    tokenSeconds,
    now: Date.now(),
    ...(certificate ? { certificate } : {}),
    ...(caFile ? { caFile } : {}),
  });
}
