import { isIotError } from '../errors';
import { type AuthorityStore } from './authorityStore';
import { type HubCertificates } from './hubCertificates';
import { type KeyPassphrases } from './keyPassphrases';

/** Takes an authority off this computer, with its key, all it issued, and the passphrases of the keys. */
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
 * Deletes a certificate as it is now: an ETag that was read before may be older than the last change, and whoever
 * was asked meant this certificate.
 * @returns false when there was none
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
