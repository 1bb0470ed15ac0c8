import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionStringIn } from '../../../src/core/hub/connectionText';
import { isEventHubString, parseEventHubConnection } from '../../../src/core/hub/eventHubConnection';
import { parseHubConnection } from '../../../src/core/hub/hubConnection';

const key = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const plain = `HostName=factory.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=${key}`;
const event = `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${key};EntityPath=e`;

/** A connection string as people copy it. */
const forms: readonly (readonly [string, (text: string) => string])[] = [
  ['alone', (text) => text],
  ['JSON of az', (text) => `{\n  "connectionString": "${text}"\n}\n`],
  ['JSON of az on one line, as an input box shows it', (text) => `{  "connectionString": "${text}"}`],
  ['JSON with a list', (text) => `[{"connectionString": ["${text}"], "name": "factory"}]`],
  ['a property of JSON', (text) => `  "IotHubConnectionString": "${text}",`],
  ['JSON with escaped signs', (text) => `{"connectionString": "${text.replaceAll('=', '\\u003d')}"}`],
  ['JSON in a string', (text) => JSON.stringify(JSON.stringify({ connectionString: text }))],
  ['an environment file', (text) => `IOTHUB_CONNECTION_STRING=${text}`],
  [
    'an environment file with other lines',
    (text) => `A=1\nIOTHUB_CONNECTION_STRING=${text}\nPORT=8883\n# end`,
  ],
  ['an environment file of Windows', (text) => `A=1\r\nIOTHUB="${text}"\r\nB=2\r\n`],
  ['export', (text) => `export IOTHUB_CONNECTION_STRING="${text}"`],
  ['export with a semicolon', (text) => `export IOTHUB_CONNECTION_STRING='${text}';`],
  ['set', (text) => `set IOTHUB_CONNECTION_STRING=${text}`],
  ['set with quotes', (text) => `set "IOTHUB_CONNECTION_STRING=${text}"`],
  ['setx', (text) => `setx IOTHUB "${text}"`],
  ['PowerShell', (text) => `$env:IOTHUB_CONNECTION_STRING = '${text}'`],
  ['YAML', (text) => `connectionString: ${text}`],
  ['YAML with quotes and other lines', (text) => `hub:\n  connectionString: '${text}'\n  name: x`],
  ['XML', (text) => `<add name="hub" connectionString="${text}" />`],
  ['an argument', (text) => `az iot hub monitor-events --login "${text}" --timeout 0`],
  ['C', (text) => `static const char* connectionString = "${text}";`],
  ['typographic quotes', (text) => `\u201c${text}\u201d`],
  ['German quotes', (text) => `\u201e${text}\u201c`],
  ['single typographic quotes', (text) => `\u2018${text}\u2019`],
  ['Markdown', (text) => `Connection string: \`${text}\``],
  ['a sentence', (text) => `My hub: ${text}`],
  ['spaces and invisible characters around it', (text) => `\uFEFF\u200E  ${text}\u00A0\u200B`],
  ['spaces around its signs', (text) => text.replace(/;/g, ' ; ').replace('=', ' = ')],
  ['line breaks between its parts', (text) => text.replaceAll(';', ';\n')],
  [
    'line breaks as in a mail',
    (text) => `${text.slice(0, 40)}\n${text.slice(40, 80)}\r\n   ${text.slice(80)}`,
  ],
  ['a space in its key', (text) => text.replace(key, `${key.slice(0, 9)} ${key.slice(9)}`)],
  ['the same twice', (text) => `{"primary": "${text}", "again": "${text}"}`],
  ['a final semicolon', (text) => `${text};`],
];

describe.each(forms)('%s', (_, form) => {
  it('is read as the connection string of a hub', () => {
    expect(parseHubConnection(form(plain))).toEqual(parseHubConnection(plain));
    expect(isEventHubString(form(plain))).toBe(false);
  });

  it('is read as an Event Hubs-compatible connection string', () => {
    expect(isEventHubString(form(event))).toBe(true);
    expect(parseEventHubConnection(form(event))).toEqual(parseEventHubConnection(event));
  });
});

describe('The connection string of a policy', () => {
  it('with a device ID is read', () => {
    expect(parseHubConnection(plain.replace(';', ';DeviceId=d1;'))).toEqual(parseHubConnection(plain));
  });

  it('with parts of unknown names is read', () => {
    expect(parseHubConnection(`Owner=me;${plain};Extra=1`)).toEqual(parseHubConnection(plain));
  });
});

describe('A text that is not the connection string of a hub is named', () => {
  it.each([
    [`HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=${key}`, 'This is a device connection string.'],
    [
      `{"connectionString": "HostName=h.azure-devices.net;DeviceId=d;SharedAccessKey=${key}"}`,
      'This is a device connection string.',
    ],
    ['HostName=h.azure-devices.net;DeviceId=d;x509=true', 'This is a device connection string.'],
    [
      `HostName=h.azure-devices.net;DeviceId=d;ModuleId=m;SharedAccessKey=${key}`,
      'This is a device connection string.',
    ],
    [event, 'This is an Event Hubs connection string.'],
    [
      `HostName=dps.azure-devices-provisioning.net;SharedAccessKeyName=provisioningserviceowner;SharedAccessKey=${key}`,
      'This belongs to a Device Provisioning Service',
    ],
    [
      `HostName=dps.azure-devices-provisioning.cn;SharedAccessKeyName=x;SharedAccessKey=${key}`,
      'This belongs to a Device Provisioning Service',
    ],
    [
      `GlobalEndpoint=https://global.azure-devices-provisioning.net;ScopeId=0ne000A0B0C`,
      'This belongs to a Device Provisioning Service',
    ],
    ['global.azure-devices-provisioning.net', 'This belongs to a Device Provisioning Service'],
    ['0ne000A0B0C', 'This belongs to a Device Provisioning Service'],
    [
      `HostName=app.azureiotcentral.com;SharedAccessKeyName=x;SharedAccessKey=${key}`,
      'This belongs to IoT Central',
    ],
    [
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};EndpointSuffix=core.windows.net`,
      'This is a connection string of a storage account.',
    ],
    ['SharedAccessSignature sr=h.azure-devices.net&sig=x&se=1', 'This is a SAS token.'],
    ['factory.azure-devices.net', 'This is only the host name of a hub.'],
    [key, 'This is only a key.'],
    [`"${plain}" "${plain.replace('factory', 'other')}"`, 'several connection strings'],
    [`${plain} # of the factory`, 'There is other text after SharedAccessKey=….'],
    [`export X="${plain}`.replace(key, 'abc'), 'SharedAccessKey is not valid Base64'],
  ])('%s', (text, message) => {
    expect(() => parseHubConnection(text)).toThrow(
      expect.objectContaining({
        code: 'invalidInput',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('without its key', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60 }),
        fc.constantFrom(...forms),
        (secret, [, form]) => {
          try {
            parseHubConnection(
              form(
                `HostName=h.net;SharedAccessKeyName=a;MqttPort=x;SharedAccessKey=${key.slice(0, 24)}${secret}`,
              ),
            );
          } catch (error) {
            expect((error as Error).message).not.toContain(key.slice(0, 24));
            if (secret.trim().length >= 8) expect((error as Error).message).not.toContain(secret.trim());
          }
        },
      ),
    );
  });
});

it('A text of any size is searched in linear time', () => {
  for (const part of ['HostName=', '"', "x='", 'A=1\n', ' ', ';', 'HostName=a;"', '\\u003d']) {
    const text = part.repeat(200_000 / part.length);
    try {
      connectionStringIn(text);
    } catch (error) {
      expect((error as Error).message).toContain('several');
    }
  }
});
