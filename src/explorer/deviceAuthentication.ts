import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { findDeviceCertificate } from '../core/certificate/deviceCertificate';
import { begin, pemText } from '../core/certificate/pemText';
import { type HubCertificate } from '../core/certificate/hubCertificates';
import { type Finding } from '../core/certificate/preflight/index';
import { type Device } from '../core/device/device';
import { IotError, isIotError, plainMessage } from '../core/errors';
import { type Hub } from '../core/hub/hub';
import { type HubConnection } from '../core/hub/hubConnection';
import { type CertificateFiles } from '../core/mqtt/mqttSettings';
import { commands } from '../contributions';
import { type Services } from '../services';
import { readCertificateFiles } from '../workbench/certificateFiles';
import { executeCommand } from '../workbench/commands';
import { showInformation, showWarning } from '../workbench/notifications';

type Needs = Pick<Services, 'authorities' | 'hubCertificates' | 'log'>;
type CertificateSources = Pick<Services, 'authorities' | 'chosenCertificates' | 'certificateWork'>;

export interface DeviceOnHub {
  readonly hub: Hub;
  readonly connection: HubConnection;
  readonly device: Device;
}

/**
 * The certificate with which a device authenticates: the newest one issued here, or files that the user selected.
 * `undefined` for devices with keys, and when there is none yet.
 */
export async function knownCertificateFiles(
  { authorities, chosenCertificates }: Pick<Services, 'authorities' | 'chosenCertificates'>,
  { hub, connection, device }: DeviceOnHub,
): Promise<CertificateFiles | undefined> {
  if (!needsCertificate(device)) return undefined;
  const chosen = chosenCertificates.get(keyOf(hub, device));
  if (chosen) return chosen;
  const own = findDeviceCertificate(device, connection.hostName, await authorities.issued(), Date.now());
  if (own?.keyFile === undefined) return undefined;
  const { certificateFile, keyFile, isKeyEncrypted } = own;
  return { certificateFile, keyFile, isKeyEncrypted };
}

/** The same, but asks for files when there are none. `undefined` for devices with keys. */
export async function certificateFilesOf(
  services: CertificateSources,
  target: DeviceOnHub,
): Promise<CertificateFiles | undefined> {
  if (!needsCertificate(target.device)) return undefined;
  return (await knownCertificateFiles(services, target)) ?? offerFiles(services, target.hub, target.device);
}

export const needsCertificate = ({ credentials: { kind } }: Pick<Device, 'credentials'>) =>
  kind === 'selfSigned' || kind === 'certificateAuthority';

async function offerFiles(services: CertificateSources, hub: Hub, device: Device): Promise<CertificateFiles> {
  const pick = l10n.t('Select Files…');
  const issue = l10n.t('Issue Certificate…');
  const answer = await showInformation(
    l10n.t('There is no valid certificate of device "{0}" that was issued here.', device.deviceId),
    {
      modal: true,
      detail: l10n.t('The device authenticates with an X.509 certificate and its private key.'),
    },
    pick,
    issue,
  );
  if (answer === issue) {
    await executeCommand(commands.issueDeviceCertificate, { kind: 'device', hubId: hub.id, device });
    throw abortError();
  }
  if (answer !== pick) throw abortError();
  return pickCertificateFiles(services, hub, device);
}

/** Asks for the certificate and the key file of a device, which are used as long as the window is open. */
export async function pickCertificateFiles(
  services: Pick<Services, 'chosenCertificates' | 'certificateWork'>,
  hub: Hub,
  device: Pick<Device, 'deviceId'>,
): Promise<CertificateFiles> {
  const certificateFile = await openFile(
    l10n.t('Certificate of {0}, with its intermediate CAs', device.deviceId),
  );
  const keyFile = await openFile(l10n.t('Private key of {0}', device.deviceId));
  const files = {
    certificateFile: certificateFile.fsPath,
    keyFile: keyFile.fsPath,
    isKeyEncrypted: await checkFiles(services.certificateWork, certificateFile, keyFile),
  };
  services.chosenCertificates.set(keyOf(hub, device), files);
  return files;
}

/** @returns whether the key has a passphrase @throws IotError if a device cannot use the files */
async function checkFiles(
  work: Services['certificateWork'],
  certificateFile: vscode.Uri,
  keyFile: vscode.Uri,
): Promise<boolean> {
  const [certificate, key] = await readCertificateFiles([certificateFile, keyFile]);
  if (!certificate || !key) throw abortError();
  let isKeyEncrypted = false;
  try {
    const { key: found } = await work.readFiles([certificate, key]);
    if (found === undefined) {
      throw new IotError('invalidInput', l10n.t('{0} does not contain a private key.', keyFile.fsPath));
    }
  } catch (error) {
    if (!isIotError(error) || error.code !== 'wrongPassphrase') throw error;
    isKeyEncrypted = true;
    await work.readCertificates([certificate]);
  }
  for (const { name, bytes } of [certificate, key]) {
    if (!pemText(bytes).includes(begin)) {
      throw new IotError(
        'unsupported',
        l10n.t('"{0}" is not in PEM format, which devices need. Convert a copy of it with openssl.', name),
      );
    }
  }
  return isKeyEncrypted;
}

const keyOf = (hub: Hub, { deviceId }: Pick<Device, 'deviceId'>) => `${hub.id}/${deviceId}`;

async function openFile(title: string): Promise<vscode.Uri> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: l10n.t({ message: 'Use', args: [], comment: ['Verb, button of a file dialog'] }),
      filters: { PEM: ['pem', 'crt', 'cer', 'key'], [l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (!file) throw abortError();
  return file;
}

/** Reasons for which the hub would reject the device's certificate. */
export async function findingsOf(
  { authorities, hubCertificates, log }: Needs,
  { hub, device }: DeviceOnHub,
  files: CertificateFiles,
): Promise<readonly Finding[]> {
  const certificate = await authorities.read(files.certificateFile);
  const key = files.isKeyEncrypted ? undefined : { pem: await authorities.read(files.keyFile) };
  let onHub: readonly HubCertificate[] | undefined;
  try {
    onHub = await (await hubCertificates.forHub(hub.id)).list();
  } catch (error) {
    if (!isIotError(error)) throw error;
    log.debug(`The certificates of ${hub.name} cannot be read: ${plainMessage(error)}`);
  }
  const { preflight } = await import('../core/certificate/preflight/index');
  return preflight({ device, certificate, ...(key ? { key } : {}), hubCertificates: onHub, now: Date.now() });
}

/** Stops before a connection that the hub would reject, unless the user wants to try nevertheless. */
export async function stopIfRefused(
  services: Needs,
  target: DeviceOnHub,
  files: CertificateFiles,
): Promise<void> {
  const { findBlocking } = await import('../core/certificate/preflight/index');
  const finding = findBlocking(await findingsOf(services, target, files));
  if (!finding) return;
  const anyway = l10n.t('Try Anyway');
  const verify = l10n.t('Verify…');
  const renew = l10n.t('Renew Certificate…');
  const { hub, device } = target;
  const fixes = finding.code === 'chainNotVerified' ? [verify] : finding.code === 'expired' ? [renew] : [];
  const answer = await showWarning(
    l10n.t('The hub would reject device "{0}".', device.deviceId),
    { modal: true, detail: finding.sentence },
    ...fixes,
    anyway,
  );
  if (answer === anyway) return;
  if (answer === verify && finding.hubCertificate) {
    const certificate = finding.hubCertificate;
    await executeCommand(commands.verifyHubCertificate, {
      kind: 'hubCertificate',
      hubId: hub.id,
      certificate,
    });
  } else if (answer === renew) {
    await executeCommand(commands.renewDeviceCertificate, { kind: 'device', hubId: hub.id, device });
  }
  throw abortError();
}
