/** Asks for passphrases of private keys, and saves them if the person wants it. */
export interface KeyPassphrases {
  /**
   * Runs something with the passphrase of a key; asks again while it is incorrect (`wrongPassphrase`).
   * `keyId`, under which it is saved, is an absolute file name.
   * @throws the silent abort if the person cancels
   */
  use<T>(
    key: { readonly keyId: string; readonly label: string; readonly isEncrypted: boolean },
    run: (passphrase: string | undefined) => Promise<T>,
  ): Promise<T>;
  /** Saves a passphrase without asking. */
  keep(keyId: string, passphrase: string): Promise<void>;
  forget(keyId: string): Promise<void>;
  /** @returns how many were saved */
  forgetAll(): Promise<number>;
}
