import * as l10n from '@vscode/l10n';
import { isAbort } from '../../core/base/abort';
import { type NewCredentials } from '../../core/device/device';
import { deviceIdProblem } from '../../core/device/deviceId';
import { isIotError } from '../../core/errors';
import { type Hub } from '../../core/hub/hub';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { withProgress } from '../../workbench/progress';
import { askText, back } from '../../workbench/prompts';
import { askCredentials } from './askCredentials';

/** Asks for an ID and credentials, and registers the device; if the hub refuses it, the input is kept. */
export async function registerDevice(
  services: Pick<
    Services,
    'hubs' | 'registries' | 'devices' | 'explorer' | 'createdResources' | 'certificateWork' | 'log'
  >,
  node?: Node,
): Promise<void> {
  const hub = await pickHub(services, node, {
    title: l10n.t('Register Device'),
    needs: 'manageDevices',
    placeholder: l10n.t('Select the hub to register the device on'),
  });
  let deviceId = '';
  let problem: string | undefined;
  for (;;) {
    const typed = await askText({
      title: l10n.t('Register Device on {0}', hub.name),
      step: 1,
      totalSteps: 2,
      value: deviceId,
      problem,
      prompt: l10n.t('Enter a device ID. It is case-sensitive.'),
      placeholder: 'thermostat-1',
      validate: deviceIdProblem,
    });
    if (typed === back) continue;
    deviceId = typed;
    problem = undefined;
    const credentials = await askCredentials(
      services.certificateWork,
      l10n.t('Register Device "{0}"', deviceId),
      2,
      2,
    );
    if (credentials === back) continue;
    problem = await tryToRegister(services, hub, deviceId, credentials);
    if (problem === undefined) return;
  }
}

/** Returns why the hub refuses the input; other failures are thrown. */
async function tryToRegister(
  {
    registries,
    devices,
    explorer,
    createdResources,
    log,
  }: Pick<Services, 'registries' | 'devices' | 'explorer' | 'createdResources' | 'log'>,
  hub: Hub,
  deviceId: string,
  credentials: NewCredentials,
): Promise<string | undefined> {
  try {
    const device = await withProgress(l10n.t('Registering {0}', deviceId), async (signal) =>
      (await registries.forHub(hub.id, signal)).create(deviceId, credentials, signal),
    );
    await createdResources.add({ kind: 'device', hubId: hub.id, hubName: hub.name, deviceId });
    await devices.load(hub.id);
    devices.put(hub.id, device);
    log.info(`Registered device ${deviceId} on ${hub.name} (${credentials.kind}).`);
    await explorer.reveal({ kind: 'device', hubId: hub.id, device });
    return undefined;
  } catch (error) {
    if (
      !isAbort(error) &&
      isIotError(error) &&
      (error.code === 'alreadyExists' || error.code === 'invalidInput')
    ) {
      return error.message;
    }
    throw error;
  }
}
