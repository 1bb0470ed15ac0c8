/** Diagnostics. The implementation masks secrets, so that callers cannot forget to. */
export interface Logger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  /** `error` is written with its causes and stack. */
  error(text: string, error?: unknown): void;
}
