import { type TokenRequest } from './azure/accounts';

/** What helps against a failure. The workbench knows the command for it and the title of its button. */
export type FailureAction =
  | { readonly kind: 'signIn' }
  /** Signs in for the missing token alone. */
  | { readonly kind: 'renewSession'; readonly session: TokenRequest }
  | { readonly kind: 'chooseSubscriptions' }
  /** Copies the command with which somebody else assigns the missing role on a hub. */
  | { readonly kind: 'copyRoleAssignment'; readonly hubId: string; readonly role: string }
  | { readonly kind: 'addHub' }
  | { readonly kind: 'createAuthority' }
  | { readonly kind: 'chooseConsumerGroup'; readonly hubId: string }
  | { readonly kind: 'restartLocalHub' }
  | { readonly kind: 'openSetting'; readonly setting: 'azure.dataPlaneAccess' };
