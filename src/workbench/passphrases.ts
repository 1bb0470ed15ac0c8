import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { isIotError } from '../core/errors';
import { type KeyPassphrases } from '../core/certificate/keyPassphrases';
import { askText, noBack } from './prompts';

const prefix = 'iotHubWorkbench.passphrase.';
const knownKey = 'iotHubWorkbench.keptPassphrases';

/** Passphrases of private keys: requested when needed; in Secret Storage only if the user chooses so. */
export class SecretPassphrases implements KeyPassphrases {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    /** Which ones are stored, as hashes: Secret Storage of older versions cannot list. */
    private readonly state: vscode.Memento,
  ) {}

  async use<T>(
    key: { readonly keyId: string; readonly label: string; readonly isEncrypted: boolean },
    run: (passphrase: string | undefined) => Promise<T>,
  ): Promise<T> {
    if (!key.isEncrypted) return run(undefined);
    const kept = await this.secrets.get(nameOf(key.keyId));
    if (kept !== undefined) {
      try {
        return await run(kept);
      } catch (error) {
        if (!isWrong(error)) throw error;
        // The passphrase of the key has changed.
        await this.forget(key.keyId);
      }
    }
    let problem: string | undefined;
    let isKept = false;
    for (;;) {
      const typed = noBack(
        await askText({
          title: l10n.t('Passphrase for {0}', key.label),
          isSecret: true,
          ...(problem === undefined ? {} : { problem }),
          validate: (text) => (text === '' ? l10n.t('Enter the passphrase of this private key.') : undefined),
          tick: {
            isOn: isKept,
            on: l10n.t('The passphrase will be saved in Secret Storage.'),
            off: l10n.t('The passphrase is used once. Select the button above to save it in Secret Storage.'),
            turnOn: l10n.t('Save Passphrase in Secret Storage'),
            turnOff: l10n.t('Do Not Save Passphrase'),
            onDidChange: (isOn) => (isKept = isOn),
          },
        }),
      );
      try {
        const result = await run(typed);
        if (isKept) await this.keep(key.keyId, typed);
        return result;
      } catch (error) {
        if (!isWrong(error)) throw error;
        problem = l10n.t('The passphrase does not decrypt the key.');
      }
    }
  }

  async keep(keyId: string, passphrase: string): Promise<void> {
    await this.secrets.store(nameOf(keyId), passphrase);
    const known = this.known();
    if (!known.includes(nameOf(keyId))) await this.state.update(knownKey, [...known, nameOf(keyId)]);
  }

  async forget(keyId: string): Promise<void> {
    await this.secrets.delete(nameOf(keyId));
    await this.state.update(
      knownKey,
      this.known().filter((name) => name !== nameOf(keyId)),
    );
  }

  async forgetAll(): Promise<number> {
    const known = this.known();
    for (const name of known) await this.secrets.delete(name);
    await this.state.update(knownKey, []);
    return known.length;
  }

  private known(): readonly string[] {
    return this.state.get<readonly string[]>(knownKey, []);
  }
}

const isWrong = (error: unknown) => isIotError(error) && error.code === 'wrongPassphrase';
/** File names may contain names of customers. */
const nameOf = (keyId: string) => prefix + createHash('sha256').update(keyId).digest('hex').slice(0, 32);
