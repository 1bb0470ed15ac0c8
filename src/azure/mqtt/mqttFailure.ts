import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { networkFailure } from '../../core/networkFailure';

/** Any failure of an MQTT connection as an `IotError`. */
export function mqttFailure(
  error: unknown,
  { host, port, clientId, login }: Pick<MqttSettings, 'host' | 'port' | 'clientId' | 'login'>,
): IotError {
  if (isIotError(error)) return error;
  // Before the network: old versions of Node report an alert as EPROTO.
  const alert = tlsAlert(error);
  if (alert && login.kind === 'x509' && /certificate|unknown ca|access denied|decrypt error/.test(alert)) {
    return new IotError(
      'refused',
      `The hub refused the certificate of "${clientId}" in the TLS handshake (${alert}).`,
      { cause: error },
    );
  }
  const network = networkFailure(error, host, port);
  if (network) return network;
  const code = returnCode(error) ?? 0;
  const refusal = code === 5 && login.kind === 'x509' ? certificateRefusal : refusals[code];
  return refusal
    ? new IotError('refused', refusal(clientId), { cause: error })
    : new IotError(
        'serviceFailed',
        `The connection of "${clientId}" to ${host}:${port} failed: ${maskSecrets(plainMessage(error))}`,
        { cause: error },
      );
}

/** Whether another attempt would only fail in the same way. */
export function endsForGood(failure: IotError): boolean {
  return failure.code === 'refused' ? returnCode(failure.cause) !== unavailable : lasting.has(failure.code);
}

const lasting = new Set<IotErrorCode>([
  'invalidInput',
  'unauthorized',
  'unsupported',
  'untrusted',
  'wrongPassphrase',
  'setupMissing',
]);

/** The one return code of CONNACK that passes. */
const unavailable = 3;

/** CONNACK return codes of MQTT 3.1.1, as IoT Hub means them. */
const refusals: Readonly<Record<number, (device: string) => string>> = {
  1: () => 'The hub refused the connection: it does not speak this version of MQTT.',
  2: (device) => `The hub refused the client id "${device}".`,
  3: () => 'The hub is not available at the moment, or its quota is used up. Try again later.',
  4: (device) => `The hub refused the user name or token of "${device}".`,
  5: (device) =>
    `The hub refused "${device}": the device is disabled or unknown, its key was changed, or the clock of this computer is wrong.`,
};

const certificateRefusal = (device: string) =>
  `The hub refused the certificate of "${device}": its authority is not verified on the hub, its common name is not the device id, its thumbprint is not registered, or the device is disabled. "Check Device Certificate" tells which.`;

/** `tlsv1 alert unknown ca` and its like. */
function tlsAlert(error: unknown): string | undefined {
  return error instanceof Error
    ? /alert ([a-z ]+)/i.exec(error.message)?.[1]?.trim().toLowerCase()
    : undefined;
}

function returnCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
