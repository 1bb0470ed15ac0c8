import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage } from '../../core/errors';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { networkFailure } from '../../core/networkFailure';

/** Any failure of an MQTT connection as an `IotError`. */
export function mqttFailure(error: unknown, { host, port, clientId }: MqttSettings): IotError {
  if (isIotError(error)) return error;
  const network = networkFailure(error, host, port);
  if (network) return network;
  const refusal = refusals[returnCode(error) ?? 0];
  return refusal
    ? new IotError('refused', refusal(clientId), { cause: error })
    : new IotError(
        'serviceFailed',
        `Publishing as "${clientId}" failed: ${maskSecrets(plainMessage(error))}`,
        { cause: error },
      );
}

/** CONNACK return codes of MQTT 3.1.1, as IoT Hub means them. */
const refusals: Readonly<Record<number, (device: string) => string>> = {
  1: () => 'The hub refused the connection: it does not speak this version of MQTT.',
  2: (device) => `The hub refused the client id "${device}".`,
  3: () => 'The hub is not available at the moment, or its quota is used up. Try again later.',
  4: (device) => `The hub refused the user name or token of "${device}".`,
  5: (device) =>
    `The hub refused "${device}": the device is disabled or unknown, its key was changed, or the clock of this computer is wrong.`,
};

function returnCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
