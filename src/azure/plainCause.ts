/** Properties of errors that hold what was sent or received. A hub's description contains all of its keys. */
const carriers = ['request', 'response', 'responseBody', 'details', 'body', 'answer'] as const;

/**
 * The part of an error that is safe for the log: without its request and response, which contain the token, keys
 * and sockets. A failure may be kept for as long as the tree shows it.
 */
export function plainCause(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!carriers.some((name) => name in error) && plainCause(error.cause) === error.cause) return error;
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
