import { isIotError } from '../errors';
import { type AuthorityStore } from './authorityStore';
import { type HubCertificates } from './hubCertificates';
import { type KeyPassphrases } from './keyPassphrases';

/** Deletes a certificate authority from this computer, with its key, all certificates it issued, and the saved passphrases. */
export async function removeAuthority(
  {
    authorities,
    passphrases,
  }: {
    readonly authorities: Pick<AuthorityStore, 'get' | 'issued' | 'remove'>;
    readonly passphrases: Pick<KeyPassphrases, 'forget'>;
  },
  id: string,
): Promise<void> {
  const { keyFile } = await authorities.get(id);
  const issued = (await authorities.issued()).filter(({ authorityId }) => authorityId === id);
  await authorities.remove(id);
  if (keyFile) await passphrases.forget(keyFile);
  for (const one of issued) {
    if (one.keyFile && one.isKeyEncrypted) await passphrases.forget(one.keyFile);
  }
}

/**
 * Deletes a certificate in its current state: an ETag that was read before may be stale, and the confirmation was
 * for the certificate as such.
 * @returns false if it did not exist
 */
export async function removeHubCertificate(
  certificates: Pick<HubCertificates, 'find' | 'delete'>,
  name: string,
  signal?: AbortSignal,
): Promise<boolean> {
  for (let isAgain = false; ; isAgain = true) {
    const current = await certificates.find(name, signal);
    if (!current) return false;
    try {
      await certificates.delete(name, current.etag, signal);
      return true;
    } catch (error) {
      if (isAgain || !isIotError(error) || error.code !== 'changedMeanwhile') throw error;
    }
  }
}
