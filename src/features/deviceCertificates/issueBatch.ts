import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { delay, isAbort } from '../../core/base/abort';
import { inParallel } from '../../core/base/inParallel';
import { type IssuedCertificate, type NewIssuedCertificate } from '../../core/certificate/authorityStore';
import { type Issuer } from '../../core/certificate/certificateWork';
import type { DeviceResult } from '../../core/certificate/deviceList/index';
import { type DeviceRegistry } from '../../core/device/deviceRegistry';
import { isIotError, plainMessage } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { type Services } from '../../services';
import { withProgress } from '../../workbench/progress';
import { buildIndexEntry, buildRequest, type IssuerChoice, type IssuingNeeds } from './issuing';

export type BatchNeeds = IssuingNeeds & Pick<Services, 'registries' | 'devices' | 'createdResources' | 'log'>;

export interface BatchRequest {
  readonly hub: Hub;
  readonly hostName: string;
  readonly deviceIds: readonly string[];
  readonly choice: IssuerChoice;
  /** With its key opened. */
  readonly issuer: Issuer | undefined;
  readonly passphrase: string | undefined;
  /** Registers the devices, and what to do with those that are there; or all are there. */
  readonly mode: 'register' | 'registerAndIssueToExisting' | 'existing';
}

const batchSize = 50;
const maxRegistrations = 8;
const throttleDelayMs = 5_000;

/**
 * Certificates for many devices, on all cores and in batches: what is done stays done when it is cancelled or
 * fails, a file says what became of each device, and a second run does the rest.
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
    await withProgress(`Issuing ${deviceIds.length} certificates`, (signal, report) =>
      new BatchRun(services, request, results, signal, () =>
        report(`${results.size} of ${deviceIds.length}`),
      ).run(),
    );
  } catch (error) {
    failure = error;
  }
  const all = deviceIds.map(
    (deviceId): DeviceResult =>
      results.get(deviceId) ?? {
        deviceId,
        status: failure === undefined || isAbort(failure) ? 'cancelled' : 'failed',
        ...(failure === undefined || isAbort(failure) ? {} : { reason: plainMessage(failure) }),
      },
  );
  services.devices.refresh(hub.id);
  await reportResults(services, request, all, failure !== undefined && isAbort(failure));
  if (failure instanceof Error && !isAbort(failure)) throw failure;
  return all;
}

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
    const wanted = await this.withoutDone(registry);
    const requests = wanted.map((deviceId) => buildRequest(deviceId, request.issuer, request.passphrase));
    try {
      await services.certificateWork.issueDevices(
        requests,
        async (index, issued) => {
          const one = requests[index];
          if (!one) return;
          this.waiting.push(buildIndexEntry(one, issued, request.choice, request.hostName));
          if (this.waiting.length >= batchSize) await this.keep(registry);
        },
        signal,
      );
    } finally {
      // What is issued is kept also when the rest was cancelled.
      await this.keep(registry);
    }
  }

  /** A second run with the same list finishes what is missing. */
  private async withoutDone(registry: DeviceRegistry): Promise<readonly string[]> {
    const { request, services, signal } = this;
    if (request.mode === 'existing') return request.deviceIds;
    const now = Date.now();
    const valid = new Map(
      (await services.authorities.issued())
        .filter((one) => one.hubHostName === request.hostName && one.notAfter > now)
        .map((one) => [one.deviceId, one] as const),
    );
    const wanted: string[] = [];
    for (const deviceId of request.deviceIds) {
      const known = valid.get(deviceId);
      if (known && (await registry.find(deviceId, signal))) {
        this.finish({
          ...resultDetails(known),
          status: 'skipped',
          reason: 'It is registered and has a valid certificate.',
        });
      } else wanted.push(deviceId);
    }
    return wanted;
  }

  private async keep(registry: DeviceRegistry): Promise<void> {
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
          // Its certificate waits for the second run.
          await this.services.authorities.removeIssued(issued.id);
          return;
        }
        await this.refused(registry, issued, error);
        return;
      }
    }
  }

  private async refused(registry: DeviceRegistry, issued: IssuedCertificate, error: unknown): Promise<void> {
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
      reason: exists ? 'It exists already on the hub.' : plainMessage(error),
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
  isCancelled: boolean,
): Promise<void> {
  const count = (...wanted: DeviceResult['status'][]) =>
    results.filter(({ status }) => wanted.includes(status)).length;
  const done = count('created', 'issued');
  const parts = [
    `${done} of ${results.length} devices have a new certificate`,
    ...(count('skipped') ? [`${count('skipped')} were left as they are`] : []),
    ...(count('failed') ? [`${count('failed')} failed`] : []),
    ...(isCancelled ? ['the rest was cancelled'] : []),
  ];
  const sentence = `${parts.join(', ')}.`;
  log.info(`Certificates for ${hub.name}: ${sentence}`);
  const folder = choice.kind === 'authority' ? choice.authority.folder : undefined;
  if (folder === undefined) return;
  const file = path.join(folder, `results-${new Date().toISOString().replace(/[:.]/g, '-')}.csv`);
  const { resultsCsv } = await import('../../core/certificate/deviceList/index');
  await writeFile(file, resultsCsv(results), { mode: 0o600, flag: 'wx' });
  const open = 'Open Result File';
  const said = count('failed') ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  void said(sentence, open).then((answer) =>
    answer === open ? vscode.window.showTextDocument(vscode.Uri.file(file)) : undefined,
  );
}
