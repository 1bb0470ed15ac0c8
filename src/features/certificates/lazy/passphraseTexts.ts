import * as l10n from '@vscode/l10n';
import { type NewPassphraseOptions } from '../../../workbench/newPassphrase';

/** Asks for the passphrase that protects the private key of a certificate authority. */
export const authorityPassphraseTexts = (
  name: string,
): Required<Pick<NewPassphraseOptions, 'prompt' | 'unprotected'>> => ({
  prompt: l10n.t(
    'Enter a passphrase to protect the private key of "{0}", or leave it empty to store the key unprotected.',
    name,
  ),
  unprotected: {
    message: l10n.t('Store the private key of "{0}" without a passphrase?', name),
    detail: l10n.t(
      'Anyone who can read the file can issue certificates that your hubs trust. Only file permissions protect the key.',
    ),
  },
});
