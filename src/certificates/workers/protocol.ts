import { type IotErrorCode } from '../../core/errors';
import { type CertificateEngine } from '../../core/x509/index';

export type Method = keyof CertificateEngine;

/** One call; a worker handles one at a time. May contain keys and passphrases. */
export interface Call {
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly kind: 'done'; readonly value: unknown }
  /** An IotError, which structured cloning does not preserve. */
  | {
      readonly kind: 'failed';
      readonly code: IotErrorCode;
      readonly message: string;
      readonly detail: string | undefined;
    }
  | { readonly kind: 'broke'; readonly message: string; readonly stack: string | undefined };

/** `workerData` of a worker. */
export interface WorkerSettings {
  /** PBKDF2 iterations for encrypted keys; absent for the default. */
  readonly rounds?: number;
  /** Texts of the display language by their English text; absent for English. */
  readonly translations?: Readonly<Record<string, string>> | undefined;
  /** Display language, in which numbers and dates are formatted; absent for English. */
  readonly locale?: string | undefined;
}
