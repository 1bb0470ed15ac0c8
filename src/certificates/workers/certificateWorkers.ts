import { abortError } from '../../core/base/abort';
import { type Disposable } from '../../core/base/disposable';
import {
  type CertificateWithKey,
  type CertificateWork,
  type DeviceCertificateRequest,
  type Issuer,
} from '../../core/certificate/certificateWork';
import { type CertificateEngine } from '../../core/x509/index';
import { type Method, type WorkerSettings } from './protocol';
import { WorkerPool } from './workerPool';

export interface CertificateWorkersOptions extends WorkerSettings {
  /** Maximum number of workers; by default the number of cores, up to 4. */
  readonly workers?: number;
  /** Time after which an idle worker ends. */
  readonly idleMs?: number;
}

/**
 * {@link CertificateWork} on worker threads, which start with the first call. A signal ends the thread, so that
 * nothing continues after it.
 */
export class CertificateWorkers implements CertificateWork, Disposable {
  private readonly pool: WorkerPool;

  /** @param file the bundle of certificateWorker.ts */
  constructor(file: string, options: CertificateWorkersOptions = {}) {
    this.pool = new WorkerPool(file, options);
  }

  readonly createAuthority: CertificateWork['createAuthority'] = (request, signal) =>
    this.run('createAuthority', [request], signal);
  readonly issueDevice: CertificateWork['issueDevice'] = (request, signal) =>
    this.run('issueDevice', [request], signal);
  readonly issueVerification: CertificateWork['issueVerification'] = (request, signal) =>
    this.run('issueVerification', [request], signal);
  readonly createRequest: CertificateWork['createRequest'] = (request, signal) =>
    this.run('createRequest', [request], signal);
  readonly unlockKey: CertificateWork['unlockKey'] = (key, signal) => this.run('unlockKey', [key], signal);
  readonly lockKey: CertificateWork['lockKey'] = (plainKey, passphrase, signal) =>
    this.run('lockKey', [plainKey, passphrase], signal);
  readonly readFiles: CertificateWork['readFiles'] = (files, passphrase, signal) =>
    this.run('readFiles', [files, passphrase], signal);
  readonly readCertificates: CertificateWork['readCertificates'] = (files, passphrase, signal) =>
    this.run('readCertificates', [files, passphrase], signal);
  readonly exportPkcs12: CertificateWork['exportPkcs12'] = (request, signal) =>
    this.run('exportPkcs12', [request], signal);

  async issueDevices(
    requests: readonly DeviceCertificateRequest[],
    onIssued: (index: number, issued: CertificateWithKey) => void | Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    if (signal?.aborted) throw abortError();
    // One failure, also of the receiver, ends the others.
    const own = new AbortController();
    const onAbort = () => own.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const unlocked = new Map<string, Promise<string>>();
      const issue = async (request: DeviceCertificateRequest) => {
        const issuer = request.issuer && (await this.unlocked(request.issuer, unlocked, own.signal));
        return this.issueDevice({ ...request, issuer }, own.signal);
      };
      const window = this.pool.size * 3;
      const running: Promise<CertificateWithKey>[] = [];
      let next = 0;
      for (let index = 0; index < requests.length; index++) {
        // A slow receiver blocks this loop, so the window stays bounded.
        for (; next < requests.length && next < index + window; next++) {
          const request = requests[next];
          if (!request) break;
          const promise = issue(request);
          // It is awaited later; until then, a rejection needs a handler.
          promise.catch(() => undefined);
          running.push(promise);
        }
        const first = running.shift();
        if (first) await onIssued(index, await first);
        if (signal?.aborted) throw abortError();
      }
    } finally {
      own.abort();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  dispose(): void {
    this.pool.dispose();
  }

  /** Decrypts the key of an issuer once, because key derivation is slow. */
  private async unlocked(
    issuer: Issuer,
    known: Map<string, Promise<string>>,
    signal: AbortSignal,
  ): Promise<Issuer> {
    const { pem, passphrase } = issuer.key;
    const id = `${passphrase ?? ''}\n${pem}`;
    let plain = known.get(id);
    if (!plain) {
      plain = this.unlockKey(issuer.key, signal);
      known.set(id, plain);
    }
    return { certificate: issuer.certificate, key: { pem: await plain } };
  }

  private run<M extends Method>(
    method: M,
    args: Parameters<CertificateEngine[M]>,
    signal: AbortSignal | undefined,
  ): ReturnType<CertificateEngine[M]> {
    return this.pool.run({ method, args }, signal) as ReturnType<CertificateEngine[M]>;
  }
}
