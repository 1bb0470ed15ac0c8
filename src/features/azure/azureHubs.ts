import * as l10n from '@vscode/l10n';
import { azureHubId, subscriptionKey, type AzureHubEntry } from '../../core/azure/azureDirectory';
import { type CachedAzureDirectory } from '../../core/azure/cachedAzureDirectory';
import { type TokenSource } from '../../core/azure/accounts';
import {
  azureEventsConnection,
  azureHubConnection,
  type HubSigner,
} from '../../core/azure/azureHubConnection';
import { leastPrivilegedPolicy } from '../../core/azure/leastPrivilegedPolicy';
import { type AzureManagement, type HubPolicy } from '../../core/azure/resources';
import { abortable } from '../../core/base/abort';
import { type Event } from '../../core/base/event';
import { type Logger } from '../../core/base/logger';
import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage } from '../../core/errors';
import { type EventHubConnection } from '../../core/hub/eventHubConnection';
import { type AzureAccountHub, type Hub, type HubAbsence, type HubSource } from '../../core/hub/hub';
import { azureHubStatus } from '../../core/hub/hubStatus';
import { type HubConnection, type HubRight } from '../../core/hub/hubConnection';
import { type Settings } from '../../contributions';

type Access = Settings['azure.dataPlaneAccess'];

/** Keys stay in memory for a moment, so that a burst of calls reads them once. */
const keysLiveMs = 3 * 60_000;

interface Keys {
  readonly readAt: number;
  readonly policies: Promise<readonly HubPolicy[]>;
}

/** The hubs of the accounts, as far as the tree has read them, with the least-privileged key for each call. */
export class AzureHubs implements HubSource {
  readonly onDidChange: Event<void>;
  private readonly keys = new Map<string, Keys>();
  /** The last log entry about each hub, so that it is logged once. */
  private readonly said = new Map<string, string>();

  constructor(
    private readonly directory: Pick<
      CachedAzureDirectory,
      'onDidChange' | 'known' | 'find' | 'accounts' | 'subscriptions' | 'hubs'
    >,
    private readonly management: Pick<AzureManagement, 'forSubscription'>,
    private readonly access: () => Access,
    private readonly log: Logger,
    private readonly now: () => number = Date.now,
  ) {
    this.onDidChange = directory.onDidChange;
  }

  hubs(): readonly Hub[] {
    return this.directory.known().map(toAzureAccountHub);
  }

  async connection(hubId: string, rights: readonly HubRight[], signal?: AbortSignal): Promise<HubConnection> {
    const entry = this.entry(hubId);
    const signer = rights.length === 0 ? undefined : await this.signer(entry, rights, signal);
    return azureHubConnection(entry.hub, this.management.forSubscription(entry.subscription), signer);
  }

  /** The event endpoint supports keys only. */
  async events(hubId: string, signal?: AbortSignal): Promise<EventHubConnection> {
    const entry = this.entry(hubId);
    if (entry.hub.isLocalAuthOff) {
      throw new IotError(
        'unsupported',
        l10n.t(
          'Shared access keys of hub "{0}" are disabled, and its event endpoint requires them. Route the messages to a dedicated endpoint, or enable the keys.',
          entry.hub.name,
        ),
      );
    }
    const policy = await this.policy(entry, ['ServiceConnect'], signal);
    return azureEventsConnection(entry.hub, this.management.forSubscription(entry.subscription), policy);
  }

  async seek(hubId: string): Promise<HubAbsence | undefined> {
    const id = /^azure:\/subscriptions\/([^/]+)\//.exec(hubId)?.[1];
    if (id === undefined || this.directory.find(hubId)) return undefined;
    try {
      const accounts = await this.directory.accounts();
      if (accounts.length === 0) return signedOut();
      const { subscriptions, failures } = await this.directory.subscriptions();
      const own = subscriptions.filter((subscription) => subscription.id.toLowerCase() === id);
      await Promise.all(own.map((subscription) => this.directory.hubs(subscription)));
      if (this.directory.find(hubId)) return undefined;
      if (own.length > 0) return { message: l10n.t('This hub no longer exists.') };
      return failures[0] ? absenceOf(failures[0].error) : notShown();
    } catch (error) {
      this.log.debug(`Hub ${hubId} was not found: ${plainMessage(error)}`);
      return absenceOf(error);
    }
  }

  /** A key was rejected, or the user refreshes. */
  forgetKeys(hubId: string): void {
    this.keys.delete(hubId);
  }

  private entry(hubId: string): AzureHubEntry {
    const entry = this.directory.find(hubId);
    if (!entry) throw new IotError('notFound', l10n.t('This hub is no longer in the list.'));
    return entry;
  }

  private async signer(
    entry: AzureHubEntry,
    rights: readonly HubRight[],
    signal?: AbortSignal,
  ): Promise<HubSigner> {
    const { name, isLocalAuthOff } = entry.hub;
    // Acting as a device requires a key, whatever the setting says.
    const access = rights.includes('DeviceConnect') ? 'sharedAccessKey' : this.access();
    const tokens = (why: string, noKeys?: IotError): HubSigner => {
      this.logOnce(entry, `Hub "${name}" is used with Microsoft Entra ID: ${why}.`, 'tokens');
      const { hubTokens } = this.management.forSubscription(entry.subscription);
      return { tokens: noKeys ? tokensInPlaceOfKeys(hubTokens, noKeys) : hubTokens };
    };
    if (access === 'entraId') return tokens('the setting requires it');
    if (isLocalAuthOff) {
      if (access === 'auto') return tokens('its shared access keys are disabled');
      throw new IotError(
        'unsupported',
        l10n.t(
          'Shared access keys of hub "{0}" are disabled, and this operation requires one. Change the hub, or the setting {1}.',
          name,
          'iotHubWorkbench.azure.dataPlaneAccess',
        ),
        { action: { kind: 'openSetting', setting: 'azure.dataPlaneAccess' } },
      );
    }
    try {
      return { policy: await this.policy(entry, rights, signal) };
    } catch (error) {
      if (access !== 'auto' || !isIotError(error)) throw error;
      // A read-only lock also prevents reading keys, which is a POST.
      if (error.code === 'locked') return tokens('a lock prevents reading its keys', error);
      if (error.code !== 'forbidden') throw error;
      return tokens('no policy with the permission is readable by the account', error);
    }
  }

  private async policy(
    entry: AzureHubEntry,
    rights: readonly HubRight[],
    signal?: AbortSignal,
  ): Promise<HubPolicy> {
    const policy = leastPrivilegedPolicy(
      await abortable(this.policies(entry), signal),
      rights,
      entry.hub.name,
    );
    this.logOnce(
      entry,
      `Hub "${entry.hub.name}" is used with the shared access policy "${policy.name}" for ${rights.join(', ')}.`,
      rights.join(),
    );
    return policy;
  }

  private policies(entry: AzureHubEntry): Promise<readonly HubPolicy[]> {
    const hubId = azureHubId(entry.hub);
    const known = this.keys.get(hubId);
    if (known && this.now() - known.readAt < keysLiveMs) return known.policies;
    const policies = this.management.forSubscription(entry.subscription).policies(entry.hub);
    this.keys.set(hubId, { readAt: this.now(), policies });
    const drop = () => {
      if (this.keys.get(hubId)?.policies === policies) this.keys.delete(hubId);
    };
    // Neither a failure nor a key may be kept.
    policies.catch(drop);
    setTimeout(drop, keysLiveMs).unref();
    return policies;
  }

  private logOnce(entry: AzureHubEntry, text: string, about: string): void {
    const key = `${azureHubId(entry.hub)} ${about}`;
    if (this.said.get(key) === text) return;
    this.said.set(key, text);
    this.log.info(text);
  }
}

/** A failure to get a token names why keys are not used: a permission to read them may be easier to get. */
const tokensInPlaceOfKeys = (tokens: TokenSource, noKeys: IotError): TokenSource => ({
  getToken: async (challenge, signal) => {
    try {
      return await tokens.getToken(challenge, signal);
    } catch (error) {
      if (!isIotError(error)) throw error;
      throw new IotError(error.code, `${noKeys.message} ${error.message}`, {
        cause: error,
        ...(error.action ? { action: error.action } : {}),
      });
    }
  },
});

/** A hub of an account in the list. */
export const toAzureAccountHub = ({ hub, subscription }: AzureHubEntry): AzureAccountHub => ({
  kind: 'azure',
  id: azureHubId(hub),
  name: hub.name,
  status: azureHubStatus(hub.state),
  resource: hub,
  subscriptionKey: subscriptionKey(subscription),
});

const signedOut = (): HubAbsence => ({
  message: l10n.t('You are signed out of the Azure account of this hub.'),
  action: { kind: 'signIn' },
});
const notShown = (): HubAbsence => ({
  message: l10n.t(
    'The subscription of this hub is not among those of the signed-in accounts, or it is hidden.',
  ),
  action: { kind: 'signIn' },
});
const absenceOf = (error: unknown): HubAbsence => ({
  message: maskSecrets(plainMessage(error)),
  ...(isIotError(error) && error.action ? { action: error.action } : { canRefresh: true }),
});
