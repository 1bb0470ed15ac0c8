/** What a canceled action throws; the command funnel stays silent on it. */
export function abortError(): Error {
  return Object.assign(new Error('Canceled.'), { name: 'AbortError' });
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Stops waiting when the signal fires, for libraries that do not support cancellation. */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(abortError());
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortError());
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError());
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Rejects with the error of `late` when the promise is not settled in time.
 * @param more milliseconds that were added meanwhile, read at the end
 */
export function timeLimit<T>(
  promise: Promise<T>,
  ms: number,
  late: () => Error,
  more: () => number = () => 0,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = () => {
      const rest = more();
      if (rest > 0) timer = setTimeout(end, rest);
      else reject(late());
    };
    let timer = setTimeout(end, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
