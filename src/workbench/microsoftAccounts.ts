import * as vscode from 'vscode';
import { readAccessToken } from '../core/azure/accessToken';
import { compareText } from '../core/base/sorting';
import {
  type AccessToken,
  type AzureAccount,
  type AzureAccounts,
  type TokenRequest,
} from '../core/azure/accounts';
import { type AzureCloud } from '../core/azure/azureCloud';
import { readCloud } from '../core/azure/cloud';
import { abortable, abortError } from '../core/base/abort';
import { DisposableStore } from '../core/base/disposable';
import { Emitter } from '../core/base/event';
import { type Logger } from '../core/base/logger';
import { type IotError, isIotError } from '../core/errors';
import { settingsPrefix } from '../contributions';
import { setting } from './settings';
import { signInFailure, signInNeeded, withheldToken } from './signInFailures';

/** API of newer VS Code versions than the oldest supported one. */
interface NewerAuthentication {
  /** Since 1.93, together with the option `account`; before that it was restricted. */
  readonly getAccounts?: (provider: string) => Thenable<readonly AzureAccount[]>;
  readonly getSession: (
    provider: string,
    /** A challenge since 1.105. */
    wanted:
      readonly string[] | { readonly wwwAuthenticate: string; readonly fallbackScopes: readonly string[] },
    options: vscode.AuthenticationGetSessionOptions & { readonly account?: AzureAccount },
  ) => Thenable<vscode.AuthenticationSession | undefined>;
}

type SessionOptions = Parameters<NewerAuthentication['getSession']>[2];

const cloudSection = 'microsoft-sovereign-cloud';
const knownKey = 'iotHubWorkbench.azureAccounts';
/** Session events arrive in bursts: one for each scope and tenant. */
const restMs = 500;

/**
 * Microsoft accounts through VS Code's own sign-in. The session is requested from VS Code for each call, unlike in
 * `@microsoft/vscode-azext-azureauth` 5.1.1, whose credential keeps the first token, which expires after an hour.
 */
export class MicrosoftAccounts implements AzureAccounts, vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new Emitter<void>());
  readonly onDidChange = this.changed.event;
  private readonly authentication = vscode.authentication as unknown as NewerAuthentication;
  private timer: NodeJS.Timeout | undefined;
  /** Accounts that were listed last, so that a session for one more scope is not a change. */
  private listed = '';
  private hasMissed = false;
  /** Requests that no sign-in can satisfy, until the user signs in to another account or again by command. */
  private readonly withheld = new Map<string, IotError>();

  constructor(
    /** Ids of accounts that were signed in to here, by provider; nothing else is stored. */
    private readonly state: vscode.Memento,
    private readonly log: Logger,
  ) {
    this.store.add(
      vscode.authentication.onDidChangeSessions(({ provider }) => {
        if (provider.id === this.providerId()) this.later(() => void this.compare());
      }),
    );
    this.store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (
          change.affectsConfiguration(cloudSection) ||
          change.affectsConfiguration(`${settingsPrefix}.azure.caFile`)
        )
          this.later(() => this.changed.fire());
      }),
    );
  }

  cloud(): AzureCloud {
    const settings = vscode.workspace.getConfiguration(cloudSection);
    return readCloud({
      environment: settings.get('environment'),
      customEnvironment: settings.get('customEnvironment'),
      caFile: setting('azure.caFile'),
    });
  }

  async list(signal?: AbortSignal): Promise<readonly AzureAccount[]> {
    const accounts = await this.read(signal);
    this.listed = idsOf(accounts);
    return accounts;
  }

  async signIn(again?: TokenRequest): Promise<AzureAccount> {
    const cloud = this.cloud();
    if (!again) {
      this.withheld.clear();
      const session = await this.ask(cloud, scopesOf({ resource: cloud.managementResource }), {
        createIfNone: true,
        clearSessionPreference: true,
      });
      if (!session) throw abortError();
      return this.remember(cloud, session.account);
    }
    const session = await this.reporting(
      again,
      async () =>
        (await this.byChallenge(cloud, again, { createIfNone: true })) ?? (await this.renewed(cloud, again)),
    );
    if (!session) throw abortError();
    this.hasMissed = false;
    return this.remember(cloud, session.account);
  }

  private async renewed(cloud: AzureCloud, request: TokenRequest) {
    const scopes = scopesOf(request);
    // An existing session that is not sufficient has to be replaced.
    const isThere = await this.ask(cloud, scopes, this.sessionOptions(request.account, { silent: true }));
    const options = isThere ? { forceNewSession: true } : { createIfNone: true };
    return this.ask(cloud, scopes, this.sessionOptions(request.account, options));
  }

  async token(request: TokenRequest, signal?: AbortSignal): Promise<AccessToken> {
    const cloud = this.cloud();
    const withheld = this.withheld.get(keyOf(request));
    if (withheld) throw withheld;
    const session = await abortable(
      this.reporting(request, () => this.session(cloud, request)),
      signal,
    );
    if (session) return readAccessToken(session.accessToken, Date.now());
    this.hasMissed = true;
    throw signInNeeded(request);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }

  /** Remembers that the tenant issues no token of this kind to VS Code: signing in again would fail in the same way. */
  private async reporting<T>(request: TokenRequest, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const failure = isIotError(error) ? withheldToken(error, request) : undefined;
      if (!failure) throw error;
      this.withheld.set(keyOf(request), failure);
      throw failure;
    }
  }

  private async session(
    cloud: AzureCloud,
    request: TokenRequest,
  ): Promise<vscode.AuthenticationSession | undefined> {
    const options = { silent: true };
    if (request.challenge !== undefined) return this.byChallenge(cloud, request, options);
    return this.ask(cloud, scopesOf(request), this.sessionOptions(request.account, options));
  }

  /** `undefined` without a challenge, and where VS Code or its sign-in does not support one. */
  private async byChallenge(
    cloud: AzureCloud,
    request: TokenRequest,
    options: vscode.AuthenticationGetSessionOptions,
  ): Promise<vscode.AuthenticationSession | undefined> {
    const { account, challenge } = request;
    // Older versions would treat it as scopes.
    if (challenge === undefined || !isAtLeast(105)) return undefined;
    const wanted = { wwwAuthenticate: challenge, fallbackScopes: scopesOf(request) };
    try {
      return await this.ask(cloud, wanted, this.sessionOptions(account, options));
    } catch (error) {
      if (!isIotError(error)) throw error;
      this.log.debug(`The sign-in of VS Code rejected the challenge: ${error.message}`);
      return undefined;
    }
  }

  private async ask(
    cloud: AzureCloud,
    wanted: Parameters<NewerAuthentication['getSession']>[1],
    options: SessionOptions,
  ): Promise<vscode.AuthenticationSession | undefined> {
    try {
      return await this.authentication.getSession(cloud.provider, wanted, options);
    } catch (error) {
      throw signInFailure(error, cloud);
    }
  }

  private async read(signal?: AbortSignal): Promise<readonly AzureAccount[]> {
    const cloud = this.cloud();
    const known = this.known(cloud);
    // Without a previous sign-in here, the provider is not activated.
    if (known.length === 0) return [];
    try {
      if (isAtLeast(93) && this.authentication.getAccounts) {
        const accounts = await abortable(
          Promise.resolve(this.authentication.getAccounts(cloud.provider)),
          signal,
        );
        return accounts
          .filter(({ id }) => known.includes(id))
          .map(({ id, label }) => ({ id, label }))
          .toSorted((one, other) => compareText(one.label, other.label));
      }
    } catch (error) {
      throw signInFailure(error, cloud);
    }
    const scopes = scopesOf({ resource: cloud.managementResource });
    const session = await abortable(this.ask(cloud, scopes, { silent: true }), signal);
    return session && known.includes(session.account.id) ? [accountOf(session)] : [];
  }

  /** Whether added or removed sessions change what this extension sees. */
  private async compare(): Promise<void> {
    const now = await this.read().then(idsOf, () => undefined);
    if (now === this.listed && !this.hasMissed) return;
    this.hasMissed = false;
    this.changed.fire();
  }

  private async remember(
    cloud: AzureCloud,
    { id, label }: vscode.AuthenticationSessionAccountInformation,
  ): Promise<AzureAccount> {
    const known = this.known(cloud);
    if (!known.includes(id)) {
      const all = this.state.get<Readonly<Record<string, readonly string[]>>>(knownKey, {});
      await this.state.update(knownKey, { ...all, [cloud.provider]: [...known, id] });
    }
    return { id, label };
  }

  private known({ provider }: AzureCloud): readonly string[] {
    return this.state.get<Readonly<Record<string, readonly string[]>>>(knownKey, {})[provider] ?? [];
  }

  private sessionOptions(
    account: AzureAccount,
    options: vscode.AuthenticationGetSessionOptions,
  ): SessionOptions {
    return isAtLeast(93) ? { ...options, account } : options;
  }

  private providerId(): string | undefined {
    try {
      return this.cloud().provider;
    } catch {
      // A custom cloud that is not configured; listing the accounts reports it.
      return undefined;
    }
  }

  private later(run: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(run, restMs);
  }
}

/** Two slashes are correct when the resource ends with one: Azure removes only the suffix `/.default`. */
const scopesOf = ({ resource, tenantId }: Pick<TokenRequest, 'resource' | 'tenantId'>) => [
  `${resource}/.default`,
  ...(tenantId ? [`VSCODE_TENANT:${tenantId}`] : []),
];

const accountOf = ({ account: { id, label } }: vscode.AuthenticationSession): AzureAccount => ({ id, label });
const idsOf = (accounts: readonly AzureAccount[]) => accounts.map(({ id }) => id).join('\n');

/** Whether VS Code has this minor version of 1, or a newer one. */
function isAtLeast(wanted: number): boolean {
  const [major = 0, minor = 0] = vscode.version.split('.').map(Number);
  return major > 1 || minor >= wanted;
}

const keyOf = ({ account, tenantId = '', resource }: TokenRequest) =>
  [account.id, tenantId, resource].join('\n');
