import * as l10n from '@vscode/l10n';
import { type IssuedCertificate } from '../../core/certificate/authorityStore';
import { deviceIdProblem } from '../../core/device/deviceId';
import { type Device, type NewCredentials } from '../../core/device/device';
import { isIotError } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { commands } from '../../contributions';
import { formatDate } from '../../core/base/dates';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { withProgress } from '../../workbench/progress';
import { askText, back } from '../../workbench/prompts';
import { runMultiStepInput, type Step } from '../../workbench/multiStepInput';
import { askIssuer, askKeyProtection } from './askIssuer';
import { issueOne, openIssuer, buildRequest, type IssuerChoice, type IssuingNeeds } from './issuing';
import { showInformation } from '../../workbench/notifications';

export type CreateNeeds = IssuingNeeds &
  Pick<
    Services,
    'hubs' | 'registries' | 'devices' | 'hubCertificates' | 'explorer' | 'createdResources' | 'log'
  >;

interface Draft {
  deviceId: string;
  choice: IssuerChoice;
  passphrase: string | undefined;
  /** Why the last attempt failed. */
  problem: string | undefined;
}

/** Registers a device and issues its certificate. If one of the two fails, nothing is left over. */
export async function createX509Device(services: CreateNeeds, node?: Node): Promise<void> {
  const hub = await pickHub(services, node, {
    title: l10n.t('Create X.509 Device'),
    needs: 'manageDevices',
    placeholder: l10n.t('Select the hub to create the device on'),
  });
  const draft: Draft = {
    deviceId: '',
    choice: { kind: 'selfSigned' },
    passphrase: undefined,
    problem: undefined,
  };
  for (;;) {
    await runMultiStepInput(l10n.t('Create X.509 Device on {0}', hub.name), draft, () => [
      askDeviceId,
      async (current, position) => {
        const choice = await askIssuer(services, position, { hub, mayBeSelfSigned: true });
        if (choice === back) return back;
        current.choice = choice;
        return undefined;
      },
      async (current, position) => {
        const answer = await askKeyProtection(position, current.deviceId);
        if (answer === back) return back;
        current.passphrase = answer.passphrase;
        return undefined;
      },
    ]);
    draft.problem = await tryToCreate(services, hub, draft);
    if (draft.problem === undefined) return;
  }
}

const askDeviceId: Step<Draft> = async (draft, position) => {
  const deviceId = await askText({
    ...position,
    value: draft.deviceId,
    ...(draft.problem === undefined ? {} : { problem: draft.problem }),
    prompt: l10n.t(
      'Enter a device ID. It is case-sensitive, and also used as the common name of the certificate.',
    ),
    placeholder: 'thermostat-1',
    validate: deviceIdProblem,
  });
  if (deviceId === back) return back;
  draft.deviceId = deviceId;
  draft.problem = undefined;
  return undefined;
};

/** Returns why the hub refuses the input; other failures are thrown. */
async function tryToCreate(services: CreateNeeds, hub: Hub, draft: Draft): Promise<string | undefined> {
  const { registries, devices, explorer, createdResources, log } = services;
  const { deviceId, choice } = draft;
  try {
    const registry = await registries.forHub(hub.id);
    if (await registry.find(deviceId)) {
      return l10n.t('Device "{0}" already exists on this hub.', deviceId);
    }
    const issuer = await openIssuer(services, choice);
    const { hostName } = await services.hubs.connection(hub.id, []);
    const created = await withProgress(l10n.t('Creating {0}', deviceId), async (signal, report) => {
      report(l10n.t('Issuing the certificate…'));
      const request = buildRequest(deviceId, issuer, draft.passphrase);
      // Primary and secondary, so that one can be renewed while the other is in use.
      const count = choice.kind === 'selfSigned' ? 2 : 1;
      const issued: IssuedCertificate[] = [];
      try {
        while (issued.length < count)
          issued.push(await issueOne(services, request, choice, hostName, signal));
        report(l10n.t('Registering the device…'));
        const device = await registry.create(deviceId, newCredentials(choice, issued), signal);
        return { device, issued };
      } catch (error) {
        for (const { id } of issued) await services.authorities.removeIssued(id);
        throw error;
      }
    });
    await createdResources.add({ kind: 'device', hubId: hub.id, hubName: hub.name, deviceId });
    await devices.load(hub.id);
    devices.put(hub.id, created.device);
    log.info(`Registered device ${deviceId} on ${hub.name}. Certificates issued: ${created.issued.length}.`);
    await explorer.reveal({ kind: 'device', hubId: hub.id, device: created.device });
    showNextSteps(hub, created.device, created.issued);
    return undefined;
  } catch (error) {
    if (isIotError(error) && (error.code === 'alreadyExists' || error.code === 'invalidInput'))
      return error.message;
    throw error;
  }
}

function newCredentials(choice: IssuerChoice, issued: readonly IssuedCertificate[]): NewCredentials {
  if (choice.kind === 'authority') return { kind: 'certificateAuthority' };
  // Publishing uses the newest one, so that becomes the primary.
  const [secondary, primary] = issued;
  return {
    kind: 'selfSigned',
    primaryThumbprint: primary?.sha256 ?? '',
    ...(secondary ? { secondaryThumbprint: secondary.sha256 } : {}),
  };
}

/** Not awaited: the command has finished. */
function showNextSteps(hub: Hub, device: Device, issued: readonly IssuedCertificate[]): void {
  const publish = l10n.t('Publish Message…');
  const copy = l10n.t('Copy mosquitto_pub Command…');
  const until = formatDate(issued[0]?.notAfter ?? 0);
  const node = { kind: 'device', hubId: hub.id, device } as const;
  void showInformation(
    l10n.t('Device "{0}" is registered with a certificate that is valid until {1}.', device.deviceId, until),
    publish,
    copy,
  ).then((answer) => {
    if (answer === publish) return executeCommand(commands.publishMessage, node);
    if (answer === copy) return executeCommand(commands.copyMosquittoPubCommand, node);
    return undefined;
  });
}
