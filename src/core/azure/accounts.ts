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

/** Gives a token that is valid now, each time it is asked. */
export interface TokenSource {
  /**
   * @param challenge the `WWW-Authenticate` header of an answer that wants more, such as a second factor
   * @throws IotError `signInNeeded`, with the action that signs in
   */
  getToken(challenge?: string, signal?: AbortSignal): Promise<AccessToken>;
}

export interface TokenRequest {
  readonly account: AzureAccount;
  /** Absent for the account's home tenant. */
  readonly tenantId?: string;
  /** Whom the token is for, such as `https://management.azure.com/`. */
  readonly resource: string;
  /** The `WWW-Authenticate` header of an answer that wants more. */
  readonly challenge?: string;
}

/** Microsoft accounts as VS Code knows them. Every failure is an `IotError`. */
export interface AzureAccounts {
  /** Sessions came or went, or another cloud was chosen. */
  readonly onDidChange: Event<void>;
  /** The cloud of VS Code's own settings. @throws IotError `setupMissing` when its settings are not complete */
  cloud(): AzureCloud;
  /** Those that this extension may use already; asks nobody. */
  list(signal?: AbortSignal): Promise<readonly AzureAccount[]>;
  /**
   * Lets the person choose an account, or add another.
   * @param again to renew the session of an account, for a tenant when it is one of a tenant that is missing
   */
  signIn(again?: TokenRequest): Promise<AzureAccount>;
  /** Asks nobody. @throws IotError `signInNeeded`, whose action signs in for just that */
  token(request: TokenRequest, signal?: AbortSignal): Promise<AccessToken>;
}
