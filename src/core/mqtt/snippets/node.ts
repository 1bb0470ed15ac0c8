import { type MqttCredentials } from '../mqttSettings';
import { scriptLiteral, utcText } from './literals';
import { passphraseVariable, snippetTimeoutSeconds, type SnippetMessage } from './snippetMessage';

/** A CommonJS program for Node.js and the package `mqtt`, of version 4 or 5. */
export function nodeSnippet({ settings, payload, qos }: SnippetMessage): string {
  const { credentials, caFile } = settings;
  return `// Publishes one message over MQTT. Save it as publish.cjs, then:
//   npm install mqtt
//   node publish.cjs
${notes(credentials).join('')}const fs = require('node:fs');
const mqtt = require('mqtt');

${passphraseCheck(credentials)}const topic = ${scriptLiteral(settings.topic)};
const payload = ${scriptLiteral(payload)};

let failed = false;
let published = false;
function fail(message) {
  if (failed || published) return;
  failed = true;
  process.exitCode = 1;
  console.error(message);
  client.end(true);
}

const client = mqtt.connect({
  protocol: 'mqtts',
  protocolVersion: 4,
  host: ${scriptLiteral(settings.host)},
  port: ${settings.port},
${caFile ? `  ca: fs.readFileSync(${scriptLiteral(caFile)}),\n` : ''}  clientId: ${scriptLiteral(settings.clientId)},
  username: ${scriptLiteral(settings.userName)},
${credentialLines(credentials)}  clean: true,
  connectTimeout: ${snippetTimeoutSeconds * 1000},
  reconnectPeriod: 0, // do not reconnect
});
const timer = setTimeout(() => fail('The hub did not respond in time.'), ${snippetTimeoutSeconds * 1000});
client.on('error', (error) => fail(\`Publishing failed: \${error.message || error.code || error}\`));
client.on('close', () => {
  clearTimeout(timer);
  fail('The connection was closed before the message was delivered.');
});
client.on('connect', () => {
  client.publish(topic, payload, { qos: ${qos} }, (error) => {
    if (error) return fail(\`Publishing failed: \${error.message}\`);
    published = true;
    console.log('${qos ? 'acknowledged' : 'sent (QoS 0 is not acknowledged)'}');
    client.end();
  });
});
`;
}

function notes(credentials: MqttCredentials): string[] {
  if (credentials.kind === 'sas')
    return [`// The password is a SAS token that is valid until ${utcText(credentials.expiresAt)}.\n`];
  return credentials.isKeyEncrypted
    ? [`// Set the environment variable ${passphraseVariable} to the passphrase of the private key.\n`]
    : [];
}

function passphraseCheck(credentials: MqttCredentials): string {
  if (credentials.kind === 'sas' || !credentials.isKeyEncrypted) return '';
  return `if (!process.env.${passphraseVariable}) {
  console.error('Set ${passphraseVariable} to the passphrase of the private key.');
  process.exit(1);
}

`;
}

function credentialLines(credentials: MqttCredentials): string {
  const lines =
    credentials.kind === 'sas'
      ? [`password: ${scriptLiteral(credentials.password)}`]
      : [
          `cert: fs.readFileSync(${scriptLiteral(credentials.certificateFile)})`,
          `key: fs.readFileSync(${scriptLiteral(credentials.keyFile)})`,
          ...(credentials.isKeyEncrypted ? [`passphrase: process.env.${passphraseVariable}`] : []),
        ];
  return lines.map((line) => `  ${line},\n`).join('');
}
