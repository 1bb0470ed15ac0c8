import { type MqttSettings } from '../mqttSettings';

/** The one message that a snippet publishes. */
export interface SnippetMessage {
  readonly settings: MqttSettings;
  /** Text. */
  readonly payload: string;
  readonly qos: 0 | 1;
}

/** Names the environment variable that the snippets read the passphrase of a key from. */
export const passphraseVariable = 'KEY_PASSPHRASE';

/** Seconds that a snippet waits, before it says that it waits in vain. */
export const snippetPatience = 30;
