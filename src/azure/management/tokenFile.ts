import { readFile } from 'node:fs/promises';
import { type TokenSource } from '../../core/azure/accounts';
import { IotError } from '../../core/errors';
import { type ManagementCredential } from '../../core/hub/hubConnection';

/** How long the text of a file counts, which says no end. */
const fileTokenMs = 60_000;

/** The account, or the file, whose text is read anew for each call. */
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
          `The token file of this hub's management cannot be read: ${tokenFile}`,
          { cause },
        );
      }
    },
  };
}
