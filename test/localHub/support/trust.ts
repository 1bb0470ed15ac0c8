import tls from 'node:tls';

/** Trusts a CA on one port, as the system's CAs are trusted. @returns removes it again */
export function trust(ca: string, port: number): () => void {
  const { connect } = tls;
  const isThere = (args: readonly unknown[]) =>
    args.some(
      (each) =>
        each === port || (typeof each === 'object' && each !== null && 'port' in each && each.port === port),
    );
  tls.connect = ((...args: unknown[]): unknown =>
    Reflect.apply(
      connect,
      tls,
      isThere(args)
        ? args.map((each) => (typeof each === 'object' && each !== null ? { ...each, ca } : each))
        : args,
    )) as typeof connect;
  return () => void (tls.connect = connect);
}
