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

const title = 'Register Device';

/** Asks for an id and the credentials, and registers the device; after a refusal the input is still there. */
export async function registerDevice(
  services: Pick<Services, 'hubs' | 'registries' | 'devices' | 'explorer' | 'createdResources' | 'log'>,
  node?: Node,
): Promise<void> {
  const hub = await pickHub(services, node, { title, needs: 'manageDevices', placeholder: 'On which hub?' });
  let deviceId = '';
  let problem: string | undefined;
  for (;;) {
    const typed = await askText({
      title: `${title} on ${hub.name}`,
      step: 1,
      totalSteps: 2,
      value: deviceId,
      problem,
      prompt: 'Device id. It is case-sensitive.',
      placeholder: 'thermostat-1',
      validate: deviceIdProblem,
    });
    if (typed === back) continue;
    deviceId = typed;
    problem = undefined;
    const credentials = await askCredentials(`${title} "${deviceId}"`, 2, 2);
    if (credentials === back) continue;
    problem = await tryToRegister(services, hub, deviceId, credentials);
    if (problem === undefined) return;
  }
}

/** What the hub has against the input; other failures are thrown. */
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
    const device = await withProgress(`Registering ${deviceId}`, async (signal) =>
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
