import * as l10n from '@vscode/l10n';
import { maskSecrets } from '../../core/base/maskSecrets';
import { IotError, isIotError, plainMessage, type IotErrorCode } from '../../core/errors';
import { type MqttSettings } from '../../core/mqtt/mqttSettings';
import { networkHint } from '../../core/hub/networkHint';
import { networkFailure } from '../../core/networkFailure';

/** Any failure of an MQTT connection as an `IotError`. */
export function mqttFailure(
  error: unknown,
  { host, port, clientId, credentials }: Pick<MqttSettings, 'host' | 'port' | 'clientId' | 'credentials'>,
): IotError {
  if (isIotError(error)) return error;
  // Before the network: old versions of Node report an alert as EPROTO.
  const alert = tlsAlert(error);
  if (
    alert &&
    credentials.kind === 'x509' &&
    /certificate|unknown ca|access denied|decrypt error/.test(alert)
  ) {
    return new IotError(
      'refused',
      l10n.t('The hub rejected the certificate of "{0}" in the TLS handshake ({1}).', clientId, alert),
      { cause: error },
    );
  }
  const network = networkFailure(error, host, port);
  if (network) return network;
  const refusal = refusalText(returnCode(error) ?? 0, clientId, credentials.kind === 'x509');
  // With a wrong token and in a network that the hub refuses, the return code is the same.
  const isUnclear = [4, 5].includes(returnCode(error) ?? 0);
  return refusal
    ? new IotError('refused', isUnclear ? `${refusal} ${networkHint()}` : refusal, { cause: error })
    : new IotError(
        'serviceFailed',
        l10n.t(
          'The connection of "{0}" to {1} failed: {2}',
          clientId,
          `${host}:${port}`,
          maskSecrets(plainMessage(error)),
        ),
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

/** The only temporary return code of CONNACK. */
const unavailable = 3;

/** CONNACK return codes of MQTT 3.1.1, as IoT Hub uses them. */
function refusalText(code: number, device: string, isCertificate: boolean): string | undefined {
  switch (code) {
    case 1:
      return l10n.t('The hub rejected the connection: it does not support this version of MQTT.');
    case 2:
      return l10n.t('The hub rejected the client ID "{0}".', device);
    case 3:
      return l10n.t('The hub is temporarily unavailable, or its quota is exceeded. Try again later.');
    case 4:
      return l10n.t('The hub rejected the username or token of "{0}".', device);
    case 5:
      return isCertificate
        ? l10n.t(
            'The hub rejected the certificate of "{0}": its CA is not verified on the hub, its common name is not the device ID, its thumbprint is not registered, or the device is disabled. Run "Check Device Certificate" to find out.',
            device,
          )
        : l10n.t(
            'The hub rejected "{0}": the device is disabled or unknown, its key was changed, or the clock of this computer is wrong.',
            device,
          );
    default:
      return undefined;
  }
}

/** `tlsv1 alert unknown ca` and its like. */
function tlsAlert(error: unknown): string | undefined {
  return error instanceof Error
    ? /alert ([a-z ]+)/i.exec(error.message)?.[1]?.trim().toLowerCase()
    : undefined;
}

function returnCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
