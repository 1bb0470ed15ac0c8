import { type MqttCredentials, type MqttSettings } from '../mqttSettings';
import { cLiteral, utcText } from './literals';
import { passphraseVariable, snippetTimeoutSeconds, type SnippetMessage } from './snippetMessage';

/** A C99 program for libmosquitto 2. */
export function cSnippet({ settings, payload, qos }: SnippetMessage): string {
  return `/* cc publish.c -lmosquitto -o publish
 *
 * Publishes one message over MQTT with libmosquitto 2 (Debian: libmosquitto-dev).
${notes(settings.credentials)} */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <mosquitto.h>

static const char topic[] = ${cLiteral(settings.topic)};
static const char payload[] =
    ${cLiteral(payload, '    ')};
static const int payload_length = (int)sizeof payload - 1;

static int message_id;
static int published;
static int failed;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\\n", what, why);
    failed = 1;
}

static int check(const char *what, int code)
{
    if (code != MOSQ_ERR_SUCCESS) fail(what, mosquitto_strerror(code));
    return code == MOSQ_ERR_SUCCESS;
}

static void on_connect(struct mosquitto *client, void *context, int code)
{
    (void)context;
    if (code != 0) {
        fail("The hub refused the connection", mosquitto_connack_string(code));
        return;
    }
    check("Publishing failed",
          mosquitto_publish(client, &message_id, topic, payload_length, payload, ${qos}, false));
}

static void on_publish(struct mosquitto *client, void *context, int id)
{
    (void)client;
    (void)context;
    if (id == message_id) published = 1;
}

static void on_log(struct mosquitto *client, void *context, int level, const char *text)
{
    (void)client;
    (void)context;
    if (level == MOSQ_LOG_ERR) fprintf(stderr, "%s\\n", text);
}
${passphraseFunction(settings.credentials)}
static int publish(struct mosquitto *client)
{
    const time_t deadline = time(NULL) + ${snippetTimeoutSeconds};
    int code;
    mosquitto_log_callback_set(client, on_log);
    mosquitto_connect_callback_set(client, on_connect);
    mosquitto_publish_callback_set(client, on_publish);
${calls(settings)}    while (!published && !failed) {
        code = mosquitto_loop(client, 500, 1);
        if (published || failed) break;
        if (!check("The connection was closed before the message was delivered", code)) break;
        if (time(NULL) > deadline) fail("Publishing failed", "the hub did not respond in time");
    }
    if (failed) return EXIT_FAILURE;
    puts("${qos ? 'acknowledged' : 'sent (QoS 0 is not acknowledged)'}");
    mosquitto_disconnect(client);
    return EXIT_SUCCESS;
}

int main(void)
{
    struct mosquitto *client;
    int result = EXIT_FAILURE;
    if (!check("Initializing libmosquitto failed", mosquitto_lib_init())) return result;
    client = mosquitto_new(${cLiteral(settings.clientId)}, true, NULL);
    if (client) {
        result = publish(client);
        mosquitto_destroy(client);
    } else {
        perror("Creating the client failed");
    }
    mosquitto_lib_cleanup();
    return result;
}
`;
}

function notes(credentials: MqttCredentials): string {
  if (credentials.kind === 'sas')
    return ` * The password is a SAS token that is valid until ${utcText(credentials.expiresAt)}.\n`;
  return credentials.isKeyEncrypted
    ? ` * Set the environment variable ${passphraseVariable} to the passphrase of the private key.\n`
    : '';
}

function passphraseFunction(credentials: MqttCredentials): string {
  if (!isEncrypted(credentials)) return '';
  return `
static int passphrase(char *buffer, int size, int is_writing, void *context)
{
    const char *text = getenv("${passphraseVariable}");
    const size_t length = text ? strlen(text) : 0;
    (void)is_writing;
    (void)context;
    if (length == 0 || length >= (size_t)size) {
        fputs("Set ${passphraseVariable} to the passphrase of the private key.\\n", stderr);
        return 0;
    }
    memcpy(buffer, text, length + 1);
    return (int)length;
}
`;
}

const isEncrypted = (credentials: MqttCredentials) =>
  credentials.kind === 'x509' && credentials.isKeyEncrypted;

/** The sequence of calls up to the connection. */
function calls({ host, port, userName, caFile, credentials }: MqttSettings): string {
  const password = credentials.kind === 'sas' ? cLiteral(credentials.password) : 'NULL';
  const files = credentials.kind === 'sas' ? [] : [credentials.certificateFile, credentials.keyFile];
  const [certificate = 'NULL', key = 'NULL'] = files.map((file) => cLiteral(file));
  // mosquitto_tls_set requires a file or a folder, which need not exist.
  const authorities = caFile ? `${cLiteral(caFile)}, NULL` : 'NULL, "/etc/ssl/certs"';
  const steps: readonly (readonly [string, string])[] = [
    [
      'Selecting MQTT 3.1.1 failed',
      'mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311)',
    ],
    [
      'Setting the username failed',
      `mosquitto_username_pw_set(client, ${cLiteral(userName)},\n            ${password})`,
    ],
    ...(caFile
      ? []
      : ([
          [
            'Loading the trusted CAs of the system failed',
            'mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1)',
          ],
        ] as const)),
    [
      'Setting up TLS failed',
      `mosquitto_tls_set(client, ${authorities},\n            ${certificate}, ${key}, ${
        isEncrypted(credentials) ? 'passphrase' : 'NULL'
      })`,
    ],
    ['Connecting failed', `mosquitto_connect(client, ${cLiteral(host)}, ${port}, 60)`],
  ];
  return steps
    .map(([what, call]) => `    if (!check("${what}",\n            ${call})) return EXIT_FAILURE;\n`)
    .join('');
}
