/**
 * What the log should have of an error of an SDK, which drags its request along: the token in its headers, the keys
 * in its answer, and sockets. A failure may be kept for as long as the tree shows it.
 */
export function plainCause(error: unknown): unknown {
  if (!(error instanceof Error) || !('request' in error || 'response' in error)) return error;
  const plain = new Error(
    error.message,
    error.cause === undefined ? undefined : { cause: plainCause(error.cause) },
  );
  for (const name of ['name', 'stack', 'code', 'statusCode'] as const) {
    const value = (error as unknown as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined)
      Object.defineProperty(plain, name, { value, configurable: true, writable: true });
  }
  return plain;
}
