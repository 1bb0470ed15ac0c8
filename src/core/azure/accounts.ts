import { type Event } from '../base/event';
import { type AzureCloud } from './azureCloud';

/** An account of VS Code's own Microsoft accounts. Nothing here is secret. */
export interface AzureAccount {
  readonly id: string;
  /** Usually the mail address. */
  readonly label: string;
}

/** Holds a secret: ask for it per call, never keep it in a node or state. */
export interface AccessToken {
  readonly token: string;
  /** As a time in milliseconds. */
  readonly expiresAt: number;
}

/** Returns a token that is valid now, on each call. */
export interface TokenSource {
  /**
   * @param challenge the `WWW-Authenticate` header of a response that requires more, such as a second factor
   * @throws IotError `signInNeeded`, with the action that signs in
   */
  getToken(challenge?: string, signal?: AbortSignal): Promise<AccessToken>;
}

export interface TokenRequest {
  readonly account: AzureAccount;
  /** Absent for the account's home tenant. */
  readonly tenantId?: string;
  /** Audience of the token, such as `https://management.azure.com/`. */
  readonly resource: string;
  /** The `WWW-Authenticate` header of a response that requires more. */
  readonly challenge?: string;
}

/** Microsoft accounts as VS Code knows them. Every failure is an `IotError`. */
export interface AzureAccounts {
  /** Sessions were added or removed, or another cloud was selected. */
  readonly onDidChange: Event<void>;
  /** The cloud of VS Code's own settings. @throws IotError `setupMissing` when its settings are not complete */
  cloud(): AzureCloud;
  /** Accounts that this extension has access to. Never prompts. */
  list(signal?: AbortSignal): Promise<readonly AzureAccount[]>;
  /**
   * Lets the user select an account or add another one.
   * @param again to renew the session of an account, or of one of its tenants
   */
  signIn(again?: TokenRequest): Promise<AzureAccount>;
  /** Never prompts. @throws IotError `signInNeeded`, whose action signs in for this request */
  token(request: TokenRequest, signal?: AbortSignal): Promise<AccessToken>;
}
