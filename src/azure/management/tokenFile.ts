import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { type TokenSource } from '../../core/azure/accounts';
import { IotError } from '../../core/errors';
import { type ManagementCredential } from '../../core/hub/hubConnection';

/** Assumed lifetime of a token from a file, which has no expiry. */
const fileTokenMs = 60_000;

/** The account, or the file, which is read again for each call. */
export function tokensOf(credential: ManagementCredential): TokenSource {
  if (!('tokenFile' in credential)) return credential;
  const { tokenFile } = credential;
  return {
    getToken: async () => {
      try {
        const text = await readFile(tokenFile, 'utf8');
        return { token: text.trim(), expiresAt: Date.now() + fileTokenMs };
      } catch (cause) {
        throw new IotError(
          'setupMissing',
          l10n.t('The token file of this hub cannot be read: {0}', tokenFile),
          { cause },
        );
      }
    },
  };
}
