import { type MqttCredentials } from '../mqttSettings';
import { scriptLiteral, utcText } from './literals';
import { passphraseVariable, snippetTimeoutSeconds, type SnippetMessage } from './snippetMessage';

/** A program for Python 3 and paho-mqtt, of version 1.6 or 2. */
export function pythonSnippet({ settings, payload, qos }: SnippetMessage): string {
  const { credentials, caFile } = settings;
  return `# Publishes one message over MQTT. Save it as publish.py, then:
#   python3 -m pip install paho-mqtt
#   python3 publish.py
${notes(credentials)}import os
import ssl
import sys
import threading
import time

import paho.mqtt.client as mqtt

TOPIC = ${scriptLiteral(settings.topic)}
PAYLOAD = ${scriptLiteral(payload)}.encode("utf-8")

answered = threading.Event()
refusals = []


def on_connect(client, userdata, flags, reason, properties=None):
    if reason != 0:
        # An integer in paho-mqtt 1, an object in paho-mqtt 2.
        refusals.append(mqtt.connack_string(reason) if isinstance(reason, int) else str(reason))
    answered.set()


def publish():
    options = {"client_id": ${scriptLiteral(settings.clientId)}, "protocol": mqtt.MQTTv311}
    if hasattr(mqtt, "CallbackAPIVersion"):  # paho-mqtt 2
        options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION2
    client = mqtt.Client(**options)
    client.on_connect = on_connect
    context = ssl.create_default_context(${caFile ? `cafile=${scriptLiteral(caFile)}` : ''})
${credentialLines(settings.userName, credentials)}    client.tls_set_context(context)
    deadline = time.monotonic() + ${snippetTimeoutSeconds}
    client.connect(${scriptLiteral(settings.host)}, ${settings.port})
    client.loop_start()
    if not answered.wait(${snippetTimeoutSeconds}):
        sys.exit("The hub did not respond in time.")
    if refusals:
        sys.exit("The hub refused the connection: " + refusals[0])
    message = client.publish(TOPIC, PAYLOAD, qos=${qos})
    while not message.is_published() and client.is_connected() and time.monotonic() < deadline:
        message.wait_for_publish(0.1)
    if not message.is_published():
        sys.exit("The message was not delivered: the connection was closed or timed out.")
    client.disconnect()
    client.loop_stop()
    print("${qos ? 'acknowledged' : 'sent (QoS 0 is not acknowledged)'}")


try:
    publish()
except (OSError, RuntimeError, ValueError) as error:
    sys.exit("Publishing failed: %s" % error)
`;
}

function notes(credentials: MqttCredentials): string {
  if (credentials.kind === 'sas')
    return `# The password is a SAS token that is valid until ${utcText(credentials.expiresAt)}.\n`;
  return credentials.isKeyEncrypted
    ? `# Set the environment variable ${passphraseVariable} to the passphrase of the private key.\n`
    : '';
}

function credentialLines(userName: string, credentials: MqttCredentials): string {
  const lines =
    credentials.kind === 'sas'
      ? [`client.username_pw_set(${scriptLiteral(userName)}, ${scriptLiteral(credentials.password)})`]
      : [
          `client.username_pw_set(${scriptLiteral(userName)})`,
          ...(credentials.isKeyEncrypted
            ? [
                `passphrase = os.environ.get("${passphraseVariable}")`,
                'if not passphrase:',
                `    sys.exit("Set ${passphraseVariable} to the passphrase of the private key.")`,
              ]
            : []),
          'context.load_cert_chain(',
          `    ${scriptLiteral(credentials.certificateFile)},`,
          `    ${scriptLiteral(credentials.keyFile)},`,
          ...(credentials.isKeyEncrypted ? ['    password=passphrase,'] : []),
          ')',
        ];
  return lines.map((line) => `    ${line}\n`).join('');
}
