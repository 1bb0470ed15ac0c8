import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { certificateOf } from '../core/certificate/deviceCertificate';
import { parseCertificate } from '../core/certificate/certificate';
import { type HubCertificate } from '../core/certificate/hubCertificates';
import { blocking, preflight, type Finding } from '../core/certificate/preflight';
import { type Device } from '../core/device/device';
import { IotError, isIotError, plainMessage } from '../core/errors';
import { type Hub } from '../core/hub/hub';
import { type HubConnection } from '../core/hub/hubConnection';
import { type CertificateFiles } from '../core/mqtt/mqttSettings';
import { commands } from '../contributions';
import { type Services } from '../services';
import { executeCommand } from '../workbench/commands';

type Needs = Pick<Services, 'authorities' | 'hubCertificates' | 'log'>;

export interface DeviceOnHub {
  readonly hub: Hub;
  readonly connection: HubConnection;
  readonly device: Device;
}

/** Files that were picked by hand, by hub and device; as long as the window is open. */
const picked = new Map<string, CertificateFiles>();

/**
 * The certificate that a device logs in with: the newest that was issued here, or files that the person
 * picks. `undefined` for devices with keys.
 */
export async function certificateFilesOf(
  { authorities }: Pick<Services, 'authorities'>,
  { hub, connection, device }: DeviceOnHub,
): Promise<CertificateFiles | undefined> {
  const { kind } = device.credentials;
  if (kind !== 'selfSigned' && kind !== 'certificateAuthority') return undefined;
  const own = certificateOf(device, connection.hostName, await authorities.issued(), Date.now());
  if (own?.keyFile !== undefined) {
    const { certificateFile, keyFile, isKeyEncrypted } = own;
    return { certificateFile, keyFile, isKeyEncrypted };
  }
  const known = picked.get(`${hub.id}/${device.deviceId}`);
  if (known) return known;
  return offerFiles(hub, device);
}

async function offerFiles(hub: Hub, device: Device): Promise<CertificateFiles> {
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
  picked.set(`${hub.id}/${device.deviceId}`, files);
  return files;
}

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
    onHub = await (await hubCertificates.of(hub.id)).list();
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
  const finding = blocking(await findingsOf(services, target, files));
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
