import { type IotErrorCode } from '../../core/errors';
import { type CertificateEngine } from '../../core/x509/index';

export type Method = keyof CertificateEngine;

/** One call; a worker has one at a time. Keys and passphrases travel here and nowhere else. */
export interface Call {
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly kind: 'done'; readonly value: unknown }
  /** An IotError, which no structured clone would bring over whole. */
  | {
      readonly kind: 'failed';
      readonly code: IotErrorCode;
      readonly message: string;
      readonly detail: string | undefined;
    }
  | { readonly kind: 'broke'; readonly message: string; readonly stack: string | undefined };

/** `workerData` of a worker. */
export interface WorkerSettings {
  /** Of PBKDF2, for keys that are encrypted; absent for the engine's own. */
  readonly rounds?: number;
  /** Texts of the display language by their English ones; absent for English. */
  readonly translations?: Readonly<Record<string, string>> | undefined;
}
