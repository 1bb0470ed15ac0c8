import path from 'node:path';
import { isSameHost } from '../../core/hub/hubHosts';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { writeNew } from '../../certificates/files';
import { delay, isAbort } from '../../core/base/abort';
import { inParallel } from '../../core/base/inParallel';
import { formatCount } from '../../core/base/numbers';
import { type IssuedCertificate, type NewIssuedCertificate } from '../../core/certificate/authorityStore';
import { type Issuer } from '../../core/certificate/certificateWork';
import type { DeviceResult } from '../../core/certificate/deviceList/index';
import { type DeviceRegistry } from '../../core/device/deviceRegistry';
import { isIotError, plainMessage } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { type Services } from '../../services';
import { withProgress } from '../../workbench/progress';
import { buildIndexEntry, buildRequest, type IssuerChoice, type IssuingNeeds } from './issuing';
import { showInformation, showWarning } from '../../workbench/notifications';

export type BatchNeeds = IssuingNeeds & Pick<Services, 'registries' | 'devices' | 'createdResources' | 'log'>;

export interface BatchRequest {
  readonly hub: Hub;
  readonly hostName: string;
  readonly deviceIds: readonly string[];
  readonly choice: IssuerChoice;
  /** With its key opened. */
  readonly issuer: Issuer | undefined;
  readonly passphrase: string | undefined;
  /** Whether to register the devices and, if so, whether those that exist get a certificate too. */
  readonly mode: 'register' | 'registerAndIssueToExisting' | 'existing';
}

const batchSize = 50;
const maxRegistrations = 8;
const throttleDelayMs = 5_000;

/**
 * Issues certificates for many devices, on all cores and in batches. Finished devices are kept when it is
 * canceled or fails, a file lists the result for each device, and a second run processes the remaining ones.
 */
export async function issueBatch(
  services: BatchNeeds,
  request: BatchRequest,
): Promise<readonly DeviceResult[]> {
  const { deviceIds, hub } = request;
  if (deviceIds.length === 0) return [];
  const results = new Map<string, DeviceResult>();
  let failure: unknown;
  try {
    await withProgress(progressTitle(deviceIds.length), (signal, report) =>
      new BatchRun(services, request, results, signal, () =>
        report(l10n.t('{0} of {1}', formatCount(results.size), formatCount(deviceIds.length))),
      ).run(),
    );
  } catch (error) {
    failure = error;
  }
  const all = deviceIds.map(
    (deviceId): DeviceResult =>
      results.get(deviceId) ?? {
        deviceId,
        status: failure === undefined || isAbort(failure) ? 'canceled' : 'failed',
        ...(failure === undefined || isAbort(failure) ? {} : { reason: plainMessage(failure) }),
      },
  );
  services.devices.refresh(hub.id);
  await reportResults(services, request, all, failure !== undefined && isAbort(failure));
  if (failure instanceof Error && !isAbort(failure)) throw failure;
  return all;
}

const progressTitle = (count: number): string =>
  count === 1 ? l10n.t('Issuing 1 certificate') : l10n.t('Issuing {0} certificates', formatCount(count));

class BatchRun {
  private waiting: NewIssuedCertificate[] = [];

  constructor(
    private readonly services: BatchNeeds,
    private readonly request: BatchRequest,
    private readonly results: Map<string, DeviceResult>,
    private readonly signal: AbortSignal,
    private readonly onProgress: () => void,
  ) {}

  async run(): Promise<void> {
    const { services, request, signal } = this;
    const registry = await services.registries.forHub(request.hub.id, signal);
    const wanted = await this.pendingDevices(registry);
    const requests = wanted.map((deviceId) => buildRequest(deviceId, request.issuer, request.passphrase));
    try {
      await services.certificateWork.issueDevices(
        requests,
        async (index, issued) => {
          const one = requests[index];
          if (!one) return;
          this.waiting.push(buildIndexEntry(one, issued, request.choice, request.hostName));
          if (this.waiting.length >= batchSize) await this.store(registry);
        },
        signal,
      );
    } finally {
      // Certificates that are issued are stored even if the remaining ones are canceled.
      await this.store(registry);
    }
  }

  /** Skips devices that an earlier run with the same list has finished. */
  private async pendingDevices(registry: DeviceRegistry): Promise<readonly string[]> {
    const { request, services, signal } = this;
    if (request.mode === 'existing') return request.deviceIds;
    const now = Date.now();
    const valid = new Map(
      (await services.authorities.issued())
        .filter((one) => isSameHost(one.hubHostName ?? '', request.hostName) && one.notAfter > now)
        .map((one) => [one.deviceId, one] as const),
    );
    const wanted: string[] = [];
    for (const deviceId of request.deviceIds) {
      const known = valid.get(deviceId);
      if (known && (await registry.find(deviceId, signal))) {
        this.finish({
          ...resultDetails(known),
          status: 'skipped',
          reason: l10n.t('Already registered with a valid certificate.'),
        });
      } else wanted.push(deviceId);
    }
    return wanted;
  }

  private async store(registry: DeviceRegistry): Promise<void> {
    const batch = this.waiting;
    if (batch.length === 0) return;
    this.waiting = [];
    const kept = await this.services.authorities.addAllIssued(batch);
    try {
      await inParallel(kept, maxRegistrations, (issued) => this.register(registry, issued));
    } finally {
      const { hub } = this.request;
      const created = kept.filter(({ deviceId }) => this.results.get(deviceId)?.status === 'created');
      await this.services.createdResources.add(
        ...created.map(
          ({ deviceId }) => ({ kind: 'device', hubId: hub.id, hubName: hub.name, deviceId }) as const,
        ),
      );
    }
  }

  private async register(registry: DeviceRegistry, issued: IssuedCertificate): Promise<void> {
    const { request } = this;
    if (request.mode === 'existing') {
      this.finish({ ...resultDetails(issued), status: 'issued' });
      return;
    }
    for (;;) {
      try {
        await registry.create(issued.deviceId, { kind: 'certificateAuthority' }, this.signal);
        this.finish({ ...resultDetails(issued), status: 'created' });
        return;
      } catch (error) {
        if (isIotError(error) && error.code === 'throttled') {
          await delay(throttleDelayMs, this.signal);
          continue;
        }
        if (isAbort(error)) {
          // A second run issues another one.
          await this.services.authorities.removeIssued(issued.id);
          return;
        }
        await this.onRefused(registry, issued, error);
        return;
      }
    }
  }

  private async onRefused(
    registry: DeviceRegistry,
    issued: IssuedCertificate,
    error: unknown,
  ): Promise<void> {
    const exists = isIotError(error) && error.code === 'alreadyExists';
    if (exists && this.request.mode === 'registerAndIssueToExisting') {
      const device = await registry.find(issued.deviceId, this.signal);
      if (device?.authentication === 'certificateAuthority') {
        this.finish({ ...resultDetails(issued), status: 'issued' });
        return;
      }
    }
    await this.services.authorities.removeIssued(issued.id);
    this.finish({
      deviceId: issued.deviceId,
      status: exists ? 'skipped' : 'failed',
      reason: exists ? l10n.t('A device with this ID already exists on the hub.') : plainMessage(error),
    });
  }

  private finish(result: DeviceResult): void {
    this.results.set(result.deviceId, result);
    this.onProgress();
  }
}

const resultDetails = ({ deviceId, sha256, certificateFile, keyFile, notAfter }: IssuedCertificate) => ({
  deviceId,
  sha256,
  certificateFile,
  notAfter,
  ...(keyFile === undefined ? {} : { keyFile }),
});

async function reportResults(
  { log }: BatchNeeds,
  { choice, hub }: BatchRequest,
  results: readonly DeviceResult[],
  isCanceled: boolean,
): Promise<void> {
  const count = (...wanted: DeviceResult['status'][]) =>
    results.filter(({ status }) => wanted.includes(status)).length;
  const [issued, skipped, failed] = [count('created', 'issued'), count('skipped'), count('failed')];
  log.info(
    `Certificates for ${hub.name}: ${issued} of ${results.length} devices issued, ${skipped} skipped, ${failed} failed${isCanceled ? ', remaining canceled' : ''}.`,
  );
  const summary = [
    issuedText(issued, results.length),
    ...(skipped ? [l10n.t('Skipped: {0}.', formatCount(skipped))] : []),
    ...(failed ? [l10n.t('Failed: {0}.', formatCount(failed))] : []),
    ...(isCanceled ? [l10n.t('The remaining devices were canceled.')] : []),
  ].join(' ');
  const folder = choice.kind === 'authority' ? choice.authority.folder : undefined;
  if (folder === undefined) return;
  const file = path.join(folder, `results-${new Date().toISOString().replace(/[:.]/g, '-')}.csv`);
  const { resultsCsv } = await import('../../core/certificate/deviceList/index');
  await writeNew(file, resultsCsv(results));
  const open = l10n.t('Open Result File');
  const show = failed ? showWarning : showInformation;
  void show(summary, open).then((answer) =>
    answer === open ? vscode.window.showTextDocument(vscode.Uri.file(file)) : undefined,
  );
}

const issuedText = (issued: number, all: number): string =>
  all === 1
    ? l10n.t('{0} of 1 device has a new certificate.', formatCount(issued))
    : l10n.t('{0} of {1} devices have a new certificate.', formatCount(issued), formatCount(all));
