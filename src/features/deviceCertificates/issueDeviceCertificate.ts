import * as l10n from '@vscode/l10n';
import { isAbort } from '../../core/base/abort';
import { type IssuedCertificate } from '../../core/certificate/authorityStore';
import { type Device, type DeviceSummary } from '../../core/device/device';
import { IotError, plainMessage } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { commands } from '../../contributions';
import { formatDate } from '../../core/base/dates';
import { formatCount } from '../../core/base/numbers';
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
import { showInformation } from '../../workbench/notifications';

type Needs = RenewalNeeds & Pick<Services, 'hubs' | 'hubCertificates' | 'createdResources' | 'log'>;

/** Issues a certificate for devices that exist already, by an issuer that the person selects. */
export function issueDeviceCertificate(
  services: Needs,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  return issueFor(services, false, node, selection);
}

/** Issues another certificate: by the CA that issued the last one, or by rolling the thumbprints. */
export function renewDeviceCertificate(
  services: Needs,
  node?: NodeOf<'device'>,
  selection?: readonly Node[],
): Promise<void> {
  return issueFor(services, true, node, selection);
}

async function issueFor(
  services: Needs,
  isRenewal: boolean,
  node: NodeOf<'device'> | undefined,
  selection: readonly Node[] | undefined,
): Promise<void> {
  const { hub, devices } = await pickDevices(
    services,
    node,
    selection,
    isRenewal ? l10n.t('Renew Device Certificate') : l10n.t('Issue Device Certificate'),
  );
  requireCertificateDevices(devices);
  const { hostName } = await services.hubs.connection(hub.id, []);
  const position = { title: wizardTitle(isRenewal, devices), step: 1, totalSteps: 2, canGoBack: false };
  const byAuthority = devices.filter(({ authentication }) => authentication === 'certificateAuthority');
  const choice =
    byAuthority.length > 0
      ? await chooseIssuer(services, isRenewal, hub, hostName, byAuthority, position)
      : undefined;
  const [only] = devices;
  const deviceId = devices.length === 1 ? only?.deviceId : undefined;
  const { passphrase } = noBack(await askKeyProtection({ ...position, step: 2 }, deviceId));
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

function wizardTitle(isRenewal: boolean, devices: readonly DeviceSummary[]): string {
  const [only] = devices;
  if (devices.length === 1 && only) {
    return isRenewal
      ? l10n.t('Renew Device Certificate: {0}', only.deviceId)
      : l10n.t('Issue Device Certificate: {0}', only.deviceId);
  }
  const count = formatCount(devices.length);
  return isRenewal
    ? l10n.t('Renew Device Certificates: {0} devices', count)
    : l10n.t('Issue Device Certificates: {0} devices', count);
}

/** A device with keys is refused: changing its authentication would lock it out. */
function requireCertificateDevices(devices: readonly DeviceSummary[]): void {
  const others = devices.filter(
    ({ authentication }) => authentication === 'sas' || authentication === 'none',
  );
  const [first] = others;
  if (!first) return;
  throw new IotError(
    'invalidInput',
    others.length === 1
      ? l10n.t(
          'Device "{0}" does not authenticate with a certificate. Create an X.509 device instead.',
          first.deviceId,
        )
      : l10n.t(
          '{0} of the selected devices, such as "{1}", do not authenticate with a certificate.',
          formatCount(others.length),
          first.deviceId,
        ),
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
  const issued = await withProgress(l10n.t('Issuing a certificate for {0}', deviceId), (signal) =>
    choice
      ? issueOne(services, buildRequest(deviceId, issuer, passphrase), choice, hostName, signal)
      : renewThumbprint(services, { hub, hostName, device }, passphrase, signal),
  );
  services.log.info(`Issued a certificate for device ${deviceId} (SHA-256 ${issued.sha256}).`);
  showIssued(device, issued);
}

function showIssued(device: Device, issued: IssuedCertificate): void {
  const show = l10n.t('Show in Folder');
  const until = formatDate(issued.notAfter);
  const message =
    device.credentials.kind === 'selfSigned'
      ? l10n.t(
          'Device "{0}" has a new certificate that is valid until {1}. The previous certificate continues to work until the next renewal.',
          device.deviceId,
          until,
        )
      : l10n.t(
          'Device "{0}" has a new certificate that is valid until {1}. Previous certificates remain valid until they expire.',
          device.deviceId,
          until,
        );
  void showInformation(message, show).then((answer) =>
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
  await withProgress(renewingText(devices.length), async (signal, report) => {
    const registry = await services.registries.forHub(hub.id, signal);
    for (const [index, { deviceId }] of devices.entries()) {
      report(l10n.t('{0} ({1} of {2})', deviceId, formatCount(index + 1), formatCount(devices.length)));
      try {
        const device = await registry.get(deviceId, signal);
        await renewThumbprint(services, { hub, hostName, device }, passphrase, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
        services.log.error(`The certificate of ${deviceId} could not be renewed.`, error);
        failures.push(error);
      }
    }
  });
  if (failures.length > 0) {
    throw new IotError(
      'serviceFailed',
      renewalFailedText(failures.length, devices.length, plainMessage(failures[0])),
    );
  }
}

const renewingText = (count: number): string =>
  count === 1 ? l10n.t('Renewing 1 certificate') : l10n.t('Renewing {0} certificates', formatCount(count));

const renewalFailedText = (failed: number, all: number, reason: string): string =>
  all === 1
    ? l10n.t('The renewal failed: {0}', reason)
    : l10n.t('The renewal failed for {0} of {1} devices: {2}', formatCount(failed), formatCount(all), reason);
