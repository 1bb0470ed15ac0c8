import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import { isIotError } from '../core/errors';
import { type KeyPassphrases } from '../core/certificate/keyPassphrases';
import { askText, noBack } from './prompts';

const prefix = 'iotHubWorkbench.passphrase.';
const knownKey = 'iotHubWorkbench.keptPassphrases';

/** Passphrases of private keys: asked when needed; in the secret storage only when the person says so. */
export class SecretPassphrases implements KeyPassphrases {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    /** Which ones are kept, as hashes: the secret storage of older versions cannot list. */
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
        // The key has another one since.
        await this.forget(key.keyId);
      }
    }
    let problem: string | undefined;
    let isKept = false;
    for (;;) {
      const typed = noBack(
        await askText({
          title: `Passphrase of ${key.label}`,
          isSecret: true,
          ...(problem === undefined ? {} : { problem }),
          validate: (text) => (text === '' ? 'Type the passphrase of this private key.' : undefined),
          tick: {
            isOn: isKept,
            on: 'The passphrase will be kept in the secret storage of VS Code.',
            off: 'The passphrase is used once and not kept, unless you tick the circle above.',
            turnOn: 'Keep the passphrase in the secret storage',
            turnOff: 'Do not keep the passphrase',
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
        problem = 'This passphrase does not open the key.';
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
/** File names may hold names of customers. */
const nameOf = (keyId: string) => prefix + createHash('sha256').update(keyId).digest('hex').slice(0, 32);
