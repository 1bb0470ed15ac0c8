import { type MqttSettings } from '../mqttSettings';

/** The message that a snippet publishes. */
export interface SnippetMessage {
  readonly settings: MqttSettings;

  readonly payload: string;
  readonly qos: 0 | 1;
}

/** Environment variable with the passphrase of the private key. */
export const passphraseVariable = 'KEY_PASSPHRASE';

/** Timeout of a snippet, in seconds. */
export const snippetTimeoutSeconds = 30;
