/** Asks for passphrases of private keys, and keeps those that the person wants kept. */
export interface KeyPassphrases {
  /**
   * Runs something with the passphrase of a key; asks again while it turns out wrong (`wrongPassphrase`).
   * @param keyId under which it may be kept: an absolute file name.
   * @throws the silent abort when the person gives up.
   */
  use<T>(
    key: { readonly keyId: string; readonly label: string; readonly isEncrypted: boolean },
    run: (passphrase: string | undefined) => Promise<T>,
  ): Promise<T>;
  /** Keeps one without asking, after it was chosen at creation. */
  keep(keyId: string, passphrase: string): Promise<void>;
  forget(keyId: string): Promise<void>;
  /** Says how many there were. */
  forgetAll(): Promise<number>;
}
