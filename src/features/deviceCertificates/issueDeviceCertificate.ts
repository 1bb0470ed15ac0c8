import * as vscode from 'vscode';
import { isAbort } from '../../core/base/abort';
import { type IssuedCertificate } from '../../core/certificate/authorityStore';
import { type Device, type DeviceSummary } from '../../core/device/device';
import { IotError, plainMessage } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { commands } from '../../contributions';
import { formatDate } from '../../core/base/dates';
import { type Node, type NodeOf } from '../../explorer/nodes';
import { pickDevices } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { withProgress } from '../../workbench/progress';
import { noBack } from '../../workbench/prompts';
import { askIssuer, askKeyProtection } from './askIssuer';
import { issueBatch } from './issueBatch';
import { issueOne, openIssuer, buildRequest, type IssuerChoice } from './issuing';
import { findLastIssuer, renewThumbprint, type RenewalNeeds } from './renewal';

type Needs = RenewalNeeds & Pick<Services, 'hubs' | 'hubCertificates' | 'createdResources' | 'log'>;

/** A certificate for devices that are there already; who signs it is asked. */
export function issueDeviceCertificate(
  services: Needs,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  return issueFor(services, 'Issue Device Certificate', false, node, selection);
}

/** The same again: by the authority that issued the last one, or by rolling the thumbprints. */
export function renewDeviceCertificate(
  services: Needs,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  return issueFor(services, 'Renew Device Certificate', true, node, selection);
}

async function issueFor(
  services: Needs,
  title: string,
  isRenewal: boolean,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
): Promise<void> {
  const { hub, devices } = await pickDevices(services, node, selection, title);
  requireCertificateDevices(devices);
  const { hostName } = await services.hubs.connection(hub.id, []);
  const position = { title: wizardTitle(title, devices), step: 1, totalSteps: 2, canGoBack: false };
  const byAuthority = devices.filter(({ authentication }) => authentication === 'certificateAuthority');
  const choice =
    byAuthority.length > 0
      ? await chooseIssuer(services, isRenewal, hub, hostName, byAuthority, position)
      : undefined;
  const { passphrase } = noBack(
    await askKeyProtection(
      { ...position, step: 2 },
      `the private key of ${devices.length === 1 ? `"${devices[0]?.deviceId ?? ''}"` : 'each device'}`,
    ),
  );
  const [only] = devices;
  if (devices.length === 1 && only) {
    await issueForOne(services, hub, hostName, only, choice, passphrase);
    return;
  }
  const issuer = choice && (await openIssuer(services, choice));
  await issueBatch(services, {
    hub,
    hostName,
    deviceIds: byAuthority.map(({ deviceId }) => deviceId),
    choice: choice ?? { kind: 'selfSigned' },
    issuer,
    passphrase,
    mode: 'existing',
  });
  const byThumbprint = devices.filter(({ authentication }) => authentication === 'selfSigned');
  if (byThumbprint.length > 0) await renewEach(services, hub, hostName, byThumbprint, passphrase);
}

const wizardTitle = (title: string, devices: readonly DeviceSummary[]) =>
  devices.length === 1
    ? `${title} of ${devices[0]?.deviceId ?? ''}`
    : `${title} of ${devices.length} Devices`;

/** A device with keys stays as it is: changing how it logs in would shut it out. */
function requireCertificateDevices(devices: readonly DeviceSummary[]): void {
  const others = devices.filter(
    ({ authentication }) => authentication === 'sas' || authentication === 'none',
  );
  const [first] = others;
  if (!first) return;
  throw new IotError(
    'invalidInput',
    others.length === 1
      ? `Device "${first.deviceId}" does not log in with a certificate. Create an X.509 device instead.`
      : `${others.length} of the devices do not log in with a certificate, such as "${first.deviceId}".`,
  );
}

async function chooseIssuer(
  services: Needs,
  isRenewal: boolean,
  hub: Hub,
  hostName: string,
  [first]: readonly DeviceSummary[],
  position: {
    readonly title: string;
    readonly step: number;
    readonly totalSteps: number;
    readonly canGoBack: boolean;
  },
): Promise<IssuerChoice> {
  const last = isRenewal && first ? await findLastIssuer(services, first.deviceId, hostName) : undefined;
  if (last) return { kind: 'authority', authority: last };
  return noBack(await askIssuer(services, position, { hub, mayBeSelfSigned: false }));
}

async function issueForOne(
  services: Needs,
  hub: Hub,
  hostName: string,
  { deviceId }: DeviceSummary,
  choice: IssuerChoice | undefined,
  passphrase: string | undefined,
): Promise<void> {
  const device = await (await services.registries.forHub(hub.id)).get(deviceId);
  const issuer = choice && (await openIssuer(services, choice));
  const issued = await withProgress(`Issuing a certificate for ${deviceId}`, (signal) =>
    choice
      ? issueOne(services, buildRequest(deviceId, issuer, passphrase), choice, hostName, signal)
      : renewThumbprint(services, { hub, hostName, device }, passphrase, signal),
  );
  services.log.info(`Issued a certificate for device ${deviceId} (SHA-256 ${issued.sha256}).`);
  showIssued(device, issued);
}

function showIssued(device: Device, issued: IssuedCertificate): void {
  const show = 'Show in Folder';
  const until = formatDate(issued.notAfter);
  const old =
    device.credentials.kind === 'selfSigned'
      ? 'The certificate it had before still lets it in, until the next renewal.'
      : 'Certificates it had before stay valid until they expire.';
  void vscode.window
    .showInformationMessage(
      `Device "${device.deviceId}" has a certificate that is valid until ${until}. ${old}`,
      show,
    )
    .then((answer) =>
      answer === show
        ? executeCommand(commands.showCertificateInFolder, { kind: 'issuedCertificate', certificate: issued })
        : undefined,
    );
}

async function renewEach(
  services: Needs,
  hub: Hub,
  hostName: string,
  devices: readonly DeviceSummary[],
  passphrase: string | undefined,
): Promise<void> {
  const failures: unknown[] = [];
  await withProgress(`Renewing ${devices.length} certificates`, async (signal, report) => {
    const registry = await services.registries.forHub(hub.id, signal);
    for (const [index, { deviceId }] of devices.entries()) {
      report(`${index + 1} of ${devices.length}: ${deviceId}`);
      try {
        const device = await registry.get(deviceId, signal);
        await renewThumbprint(services, { hub, hostName, device }, passphrase, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
        services.log.error(`Renewing the certificate of ${deviceId} failed.`, error);
        failures.push(error);
      }
    }
  });
  if (failures.length > 0) {
    throw new IotError(
      'serviceFailed',
      `Renewing failed for ${failures.length} of ${devices.length} devices: ${plainMessage(failures[0])}`,
    );
  }
}
