import * as l10n from '@vscode/l10n';
import { classicHostOf } from '../../core/hub/hubHosts';
import type * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/disposable';
import { Emitter } from '../../core/base/event';
import { IotError } from '../../core/errors';
import {
  isEventHubString,
  parseEventHubConnection,
  type EventsTarget,
} from '../../core/hub/eventHubConnection';
import { connectionStringIn } from '../../core/hub/connectionText';
import { type Hub, type HubSource } from '../../core/hub/hub';
import { parseHubConnection, type HubConnection } from '../../core/hub/hubConnection';

/** A hub, or only its event endpoint. @throws IotError with one sentence */
export function parseConnection(text: string): EventsTarget {
  return isEventHubString(text) ? parseEventHubConnection(text) : parseHubConnection(text);
}

interface Profile {
  readonly id: string;
  readonly name: string;
  readonly hostName: string;
  /** An Event Hubs connection string: monitoring only. */
  readonly isEventsOnly?: boolean;
}

const profilesKey = 'iotHubWorkbench.hubs';
const secretKey = (hubId: string) => `iotHubWorkbench.hub.${hubId}`;

/** Hubs that were added by connection string: names in the state, connection strings in Secret Storage. */
export class SavedHubs implements HubSource, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly state: vscode.Memento,
    private readonly secrets: vscode.SecretStorage,
  ) {
    // Another window may have changed the connection string of a hub.
    this.store.add(secrets.onDidChange(({ key }) => key.startsWith(secretKey('')) && this.changed.fire()));
  }

  hubs(): readonly Hub[] {
    return this.profiles().map(({ id, name, hostName, isEventsOnly }) => ({
      id,
      name,
      kind: isEventsOnly ? 'eventHubs' : 'connectionString',
      hostName,
      status: 'ready',
    }));
  }

  async connection(hubId: string): Promise<HubConnection> {
    const target = await this.events(hubId);
    if ('entityPath' in target) {
      throw new IotError(
        'unsupported',
        l10n.t(
          'This entry is an event endpoint and supports monitoring only. For everything else, add the hub by its IoT Hub connection string.',
        ),
        { action: { kind: 'addHub' } },
      );
    }
    return target;
  }

  async events(hubId: string): Promise<EventsTarget> {
    const text = await this.secrets.get(secretKey(hubId));
    if (text === undefined) {
      throw new IotError(
        'setupMissing',
        l10n.t('The connection string of this hub is missing on this computer. Add the hub again.'),
        { action: { kind: 'addHub' } },
      );
    }
    return parseConnection(text);
  }

  /** A hub with the same address only gets the new connection string. */
  async add(text: string, name: string): Promise<{ readonly hubId: string; readonly isNew: boolean }> {
    const target = parseConnection(text);
    const isEventsOnly = 'entityPath' in target;
    const hostName = isEventsOnly ? target.host : target.hostName;
    const known = await this.sameAddress(text);
    const hubId = known ?? crypto.randomUUID();
    await this.secrets.store(secretKey(hubId), connectionStringIn(text));
    if (!known)
      await this.save([
        ...this.profiles(),
        { id: hubId, name, hostName, ...(isEventsOnly ? { isEventsOnly } : {}) },
      ]);
    this.changed.fire();
    return { hubId, isNew: !known };
  }

  async rename(hubId: string, name: string): Promise<void> {
    await this.save(
      this.profiles().map((profile) => (profile.id === hubId ? { ...profile, name } : profile)),
    );
  }

  async remove(hubId: string): Promise<void> {
    await this.secrets.delete(secretKey(hubId));
    await this.save(this.profiles().filter(({ id }) => id !== hubId));
  }

  dispose(): void {
    this.store.dispose();
  }

  /** The listed hub with the address of this connection string. */
  async sameAddress(text: string): Promise<string | undefined> {
    const address = addressOf(parseConnection(text));
    for (const { id, hostName } of this.profiles()) {
      if (!address.startsWith(classicHostOf(hostName.toLowerCase()))) continue;
      const other = await this.events(id).catch(() => undefined);
      if (other && addressOf(other) === address) return id;
    }
    return undefined;
  }

  private profiles(): readonly Profile[] {
    return this.state.get<readonly Profile[]>(profilesKey, []);
  }

  private async save(profiles: readonly Profile[]): Promise<void> {
    await this.state.update(profilesKey, profiles);
    this.changed.fire();
  }
}

const addressOf = (target: EventsTarget) =>
  'entityPath' in target
    ? `${target.host.toLowerCase()}:${target.port ?? ''}/${target.entityPath}`
    : `${classicHostOf(target.hostName.toLowerCase())}:${target.httpsPort}`;
