import { decodePropertyBag } from '../../message/propertyBag';
import { quoteSh } from '../../base/shellQuoting';
import { mosquittoPubCommand } from '../mosquittoPub';
import { type MqttCredentials, type MqttSettings } from '../mqttSettings';
import { passphraseVariable, type SnippetMessage } from './snippetMessage';

/**
 * A command of the Azure CLI extension `azure-iot`, for sh. A message that it cannot publish unchanged is published
 * with mosquitto_pub, with a comment that explains why.
 *
 * Does not use `az iot device simulate`, which wraps the payload in JSON.
 */
export function azSnippet({ settings, payload, qos }: SnippetMessage): string {
  const bag = decodePropertyBag(bagText(settings.topic));
  const obstacle = obstacleOf(settings.host, bag, payload);
  if (obstacle) {
    return `# Uses mosquitto_pub because ${obstacle}.\n${mosquittoPubCommand(settings, payload, 'sh', qos)}`;
  }
  const options: readonly (readonly [string, string])[] = [
    ['--hub-name', settings.host.split('.')[0] ?? ''],
    ['--device-id', settings.clientId],
    ...certificateOptions(settings.credentials),
    ['--data', payload],
    ...(bag.length
      ? ([['--properties', bag.map(([name, value]) => `${name}=${value}`).join(';')]] as const)
      : []),
  ];
  const words = options.map(([name, value]) => option(name, value));
  if (settings.credentials.kind === 'x509' && settings.credentials.isKeyEncrypted) {
    words.push(`--passphrase "$${passphraseVariable}"`);
  }
  return [
    ...notes(settings, qos).map((note) => `# ${note}\n`),
    `az iot device send-d2c-message ${words.join(' ')}`,
  ].join('');
}

const bagText = (topic: string) => /\/messages\/events\/(.*)$/s.exec(topic)?.[1] ?? '';

/** Why `az` cannot publish the message, as the end of a sentence; `undefined` if it can. */
function obstacleOf(
  host: string,
  bag: readonly (readonly [string, string])[],
  payload: string,
): string | undefined {
  if (isNoAzureHost(host)) {
    return 'az iot device supports only hubs in Azure';
  }
  if (bag.some(([name, value]) => /[;=]/.test(name) || value.includes(';'))) {
    return 'az iot device cannot send properties that contain ";" or names that contain "="';
  }
  if (new Set(bag.map(([name]) => name)).size < bag.length) {
    return 'az iot device cannot send several properties with the same name';
  }
  if (/(?!\n)\p{Cc}/u.test(payload) || bag.some((pair) => /\p{Cc}/u.test(pair.join('')))) {
    return 'az iot device cannot send control characters';
  }
  return payload.startsWith('@') ? 'az interprets a value that starts with "@" as a file name' : undefined;
}

const isNoAzureHost = (host: string) => !host.includes('.') || /^[\d.]+$/.test(host) || host.includes(':');

/** Joined by `=` if the CLI would interpret the value as an option. */
const option = (name: string, value: string) =>
  `${name}${value.startsWith('-') ? '=' : ' '}${quoteSh(value)}`;

function certificateOptions(credentials: MqttCredentials): readonly (readonly [string, string])[] {
  return credentials.kind === 'sas'
    ? []
    : [
        ['--certificate-file-path', credentials.certificateFile],
        ['--key-file-path', credentials.keyFile],
      ];
}

function notes({ credentials }: MqttSettings, qos: 0 | 1): string[] {
  return [
    credentials.kind === 'sas'
      ? 'Authenticates with the device key, which az retrieves with your Azure sign-in.'
      : 'Finds the hub with your Azure sign-in.',
    ...(qos === 0 ? ['az always publishes with QoS 1.'] : []),
    ...(credentials.kind === 'x509' && credentials.isKeyEncrypted
      ? [`Set the environment variable ${passphraseVariable} to the passphrase of the private key.`]
      : []),
  ];
}
