import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { findDeviceCertificate } from '../core/certificate/deviceCertificate';
import { parseCertificate } from '../core/certificate/certificate';
import { type HubCertificate } from '../core/certificate/hubCertificates';
import { findBlocking, preflight, type Finding } from '../core/certificate/preflight';
import { type Device } from '../core/device/device';
import { IotError, isIotError, plainMessage } from '../core/errors';
import { type Hub } from '../core/hub/hub';
import { type HubConnection } from '../core/hub/hubConnection';
import { type CertificateFiles } from '../core/mqtt/mqttSettings';
import { commands } from '../contributions';
import { type Services } from '../services';
import { executeCommand } from '../workbench/commands';

type Needs = Pick<Services, 'authorities' | 'hubCertificates' | 'log'>;
type CertificateSources = Pick<Services, 'authorities' | 'chosenCertificates'>;

export interface DeviceOnHub {
  readonly hub: Hub;
  readonly connection: HubConnection;
  readonly device: Device;
}

/**
 * The certificate that a device logs in with: the newest that was issued here, or files that the person
 * picked. `undefined` for devices with keys, and when there is none yet.
 */
export async function knownCertificateFiles(
  { authorities, chosenCertificates }: CertificateSources,
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

/** The same, and asks for files when there are none. `undefined` for devices with keys. */
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
  const pick = 'Pick Files…';
  const issue = 'Issue Certificate…';
  const answer = await vscode.window.showInformationMessage(
    `There is no valid certificate of device "${device.deviceId}" that was issued here.`,
    { modal: true, detail: 'It logs in with an X.509 certificate and its private key.' },
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

/** Asks for the certificate and the key of a device, which count as long as the window is open. */
export async function pickCertificateFiles(
  { chosenCertificates }: Pick<Services, 'chosenCertificates'>,
  hub: Hub,
  device: Pick<Device, 'deviceId'>,
): Promise<CertificateFiles> {
  const certificateFile = await openFile(`Certificate of ${device.deviceId}, with its intermediates`);
  const keyFile = await openFile(`Private key of ${device.deviceId}`);
  const pem = Buffer.from(await vscode.workspace.fs.readFile(keyFile)).toString('utf8');
  if (!pem.includes('PRIVATE KEY-----')) {
    throw new IotError('invalidInput', `${keyFile.fsPath} holds no private key in PEM form.`);
  }
  const files = {
    certificateFile: certificateFile.fsPath,
    keyFile: keyFile.fsPath,
    isKeyEncrypted: /ENCRYPTED/.test(pem),
  };
  parseCertificate(await vscode.workspace.fs.readFile(certificateFile));
  chosenCertificates.set(keyOf(hub, device), files);
  return files;
}

const keyOf = (hub: Hub, { deviceId }: Pick<Device, 'deviceId'>) => `${hub.id}/${deviceId}`;

async function openFile(title: string): Promise<vscode.Uri> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Use',
      filters: { PEM: ['pem', 'crt', 'cer', 'key'], 'All files': ['*'] },
    })) ?? [];
  if (!file) throw abortError();
  return file;
}

/** What would make the hub refuse the device's certificate. */
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
  return preflight({ device, certificate, ...(key ? { key } : {}), hubCertificates: onHub, now: Date.now() });
}

/** Stops before a connection that the hub would refuse, unless the person wants it all the same. */
export async function stopIfRefused(
  services: Needs,
  target: DeviceOnHub,
  files: CertificateFiles,
): Promise<void> {
  const finding = findBlocking(await findingsOf(services, target, files));
  if (!finding) return;
  const anyway = 'Try Anyway';
  const verify = 'Verify…';
  const renew = 'Renew Certificate…';
  const { hub, device } = target;
  const fixes = finding.code === 'chainNotVerified' ? [verify] : finding.code === 'expired' ? [renew] : [];
  const answer = await vscode.window.showWarningMessage(
    `The hub would refuse device "${device.deviceId}".`,
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
