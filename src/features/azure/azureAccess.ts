import type * as vscode from 'vscode';
import { type AzureAccounts } from '../../core/azure/accounts';
import { type AzureDirectory } from '../../core/azure/azureDirectory';
import { CachedAzureDirectory } from '../../core/azure/cachedAzureDirectory';
import { type AzureManagement } from '../../core/azure/resources';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { type Logger } from '../../core/base/logger';
import { MicrosoftAccounts } from '../../workbench/microsoftAccounts';
import { setting } from '../../workbench/settings';
import { AzureHubs } from './azureHubs';
import { LazyAzureManagement } from './lazyAzureManagement';
import { storedChoices } from './storedChoices';

export interface AzureAccess {
  readonly accounts: AzureAccounts;
  readonly management: AzureManagement;
  readonly azure: AzureDirectory;
  readonly hubs: AzureHubs;
}

/** The accounts of VS Code and their resources; `load` loads the adapter on first use. */
export function openAzureAccess(
  state: vscode.Memento,
  log: Logger,
  load: (accounts: AzureAccounts) => Promise<AzureManagement>,
): AzureAccess & Disposable {
  const store = new DisposableStore();
  const accounts = store.add(new MicrosoftAccounts(state, log));
  const management = new LazyAzureManagement(accounts, () => load(accounts));
  const azure = store.add(new CachedAzureDirectory(accounts, management, storedChoices(state), log));
  const hubs = new AzureHubs(azure, management, () => setting('azure.dataPlaneAccess'), log);
  return { accounts, management, azure, hubs, dispose: () => store.dispose() };
}
