import { decodePropertyBag } from '../../message/propertyBag';
import { mosquittoPubCommand, quoteSh } from '../mosquittoPub';
import { type MqttLogin, type MqttSettings } from '../mqttSettings';
import { passphraseVariable, type SnippetMessage } from './snippetMessage';

/**
 * A command of the Azure CLI and its extension `azure-iot`, for sh. What that cannot publish as it is shown
 * goes to mosquitto_pub, and a comment says why.
 *
 * Not `az iot device simulate`: it wraps the payload into JSON of its own.
 */
export function azSnippet({ settings, payload, qos }: SnippetMessage): string {
  const bag = decodePropertyBag(bagText(settings.topic));
  const obstacle = obstacleOf(settings.host, bag, payload);
  if (obstacle) {
    return `# ${obstacle}, so this is mosquitto_pub.\n${mosquittoPubCommand(settings, payload, 'sh', qos)}`;
  }
  const options: readonly (readonly [string, string])[] = [
    ['--hub-name', settings.host.split('.')[0] ?? ''],
    ['--device-id', settings.clientId],
    ...certificateOptions(settings.login),
    ['--data', payload],
    ...(bag.length
      ? ([['--properties', bag.map(([name, value]) => `${name}=${value}`).join(';')]] as const)
      : []),
  ];
  const words = options.map(([name, value]) => option(name, value));
  if (settings.login.kind === 'x509' && settings.login.isKeyEncrypted) {
    words.push(`--passphrase "$${passphraseVariable}"`);
  }
  return [
    ...notes(settings, qos).map((note) => `# ${note}\n`),
    `az iot device send-d2c-message ${words.join(' ')}`,
  ].join('');
}

const bagText = (topic: string) => /\/messages\/events\/(.*)$/s.exec(topic)?.[1] ?? '';

/** Why `az` cannot publish this, if so. */
function obstacleOf(
  host: string,
  bag: readonly (readonly [string, string])[],
  payload: string,
): string | undefined {
  if (isNoAzureHost(host)) {
    return 'az iot device only knows hubs of an Azure account and cannot reach a local one';
  }
  if (bag.some(([name, value]) => /[;=]/.test(name) || value.includes(';'))) {
    return 'az iot device has no way to write these properties: ";" ends a property, and "=" ends its name';
  }
  if (new Set(bag.map(([name]) => name)).size < bag.length) {
    return 'az iot device sends only one property of a name';
  }
  if (/(?!\n)\p{Cc}/u.test(payload) || bag.some((pair) => /\p{Cc}/u.test(pair.join('')))) {
    return 'az iot device takes its message as an argument, where control characters get lost';
  }
  return payload.startsWith('@') ? 'az takes "@" and what follows for the name of a file' : undefined;
}

const isNoAzureHost = (host: string) => !host.includes('.') || /^[\d.]+$/.test(host) || host.includes(':');

/** Joined by `=` when the CLI would take the value for an option. */
const option = (name: string, value: string) =>
  `${name}${value.startsWith('-') ? '=' : ' '}${quoteSh(value)}`;

function certificateOptions(login: MqttLogin): readonly (readonly [string, string])[] {
  return login.kind === 'sas'
    ? []
    : [
        ['--certificate-file-path', login.certificateFile],
        ['--key-file-path', login.keyFile],
      ];
}

function notes({ login }: MqttSettings, qos: 0 | 1): string[] {
  return [
    login.kind === 'sas'
      ? 'Logs in with the key of the device, which az looks up by your Azure sign-in.'
      : 'Finds the hub by your Azure sign-in.',
    ...(qos === 0 ? ['az always publishes with QoS 1.'] : []),
    ...(login.kind === 'x509' && login.isKeyEncrypted
      ? [`The passphrase of the key comes from the environment variable ${passphraseVariable}.`]
      : []),
  ];
}
