import { Emitter, type Event } from '../core/base/event';
import { byName } from '../core/base/sorting';
import { type Logger } from '../core/base/logger';
import { type HubCertificate, type HubCertificatesAccess } from '../core/certificate/hubCertificates';

/** The certificates that the tree shows for each hub, read once until they are refreshed or changed. */
export class CertificateLists {
  private readonly entries = new Map<string, Promise<readonly HubCertificate[]>>();
  private readonly changed = new Emitter<string>();
  /** With the hub's id. */
  readonly onDidChange: Event<string> = this.changed.event;

  constructor(
    private readonly access: HubCertificatesAccess,
    private readonly log: Logger,
  ) {}

  /** Repeats the last failure until a refresh. */
  load(hubId: string): Promise<readonly HubCertificate[]> {
    const known = this.entries.get(hubId);
    if (known) return known;
    const loading = this.read(hubId);
    this.entries.set(hubId, loading);
    loading.catch((error: unknown) => this.log.error('Reading the certificates of a hub failed.', error));
    return loading;
  }

  /** Reads opened lists again. */
  refresh(hubId: string): void {
    if (this.entries.delete(hubId)) this.changed.fire(hubId);
  }

  /** The hub was removed, or will answer differently. */
  forget(hubId: string): void {
    this.entries.delete(hubId);
  }

  private async read(hubId: string): Promise<readonly HubCertificate[]> {
    const certificates = await (await this.access.forHub(hubId)).list();
    return certificates.toSorted(byName);
  }
}
