import { mutateJson } from './json';
import { bearerPlaceholder, deviceIds, garbageInput, type Credentials, type Input } from './input';
import { oddTexts, type Random } from './random';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly as: 'owner' | 'user';
}

const version = 'api-version=2021-04-12';

/** Requests that are valid before they are changed. Hubs other than `fuzz-a` are only read. */
function callsOf(random: Random, { key, subscriptionId }: Credentials): readonly Call[] {
  const id = random.pick(deviceIds);
  const group = `/subscriptions/${subscriptionId}/resourceGroups/fuzz`;
  const provider = `providers/Microsoft.Devices`;
  const hub = `${group}/${provider}/IotHubs/fuzz-a`;
  const role = `${hub}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000${random.below(9)}`;
  const symmetricKey = { primaryKey: key, secondaryKey: key };
  const device = {
    deviceId: id,
    status: 'enabled',
    statusReason: 'why',
    authentication: { type: 'sas', symmetricKey },
    capabilities: { iotEdge: false },
  };
  const route = {
    name: 'r',
    source: 'DeviceMessages',
    condition: 'a = 1',
    endpointNames: ['events'],
    isEnabled: true,
  };
  const message = {
    body: 'e30=',
    appProperties: { a: 'b' },
    systemProperties: { contentType: 'application/json' },
  };
  const query = random.pick([
    'SELECT * FROM devices',
    "SELECT deviceId AS d, COUNT() FROM devices WHERE status = 'enabled' AND NOT (a.b.c IN ['x', 1] OR is_defined(z))",
    `SELECT * FROM devices WHERE ${random.pick(['(', 'NOT ', '[', "'", '-', 'a OR '].map((part) => part.repeat(3_000)))}`,
  ]);
  const owner = (method: string, path: string, body?: unknown): Call => ({ method, path, body, as: 'owner' });
  const user = (method: string, path: string, body?: unknown): Call => ({ method, path, body, as: 'user' });
  return [
    owner('GET', `/devices/${id}`),
    owner('PUT', `/devices/${id}`, device),
    owner('GET', '/devices'),
    owner('POST', '/devices', [{ ...device, importMode: 'update' }]),
    owner('POST', '/devices/query', { query }),
    owner('POST', '/devices/query', { query }),
    owner('POST', `/devices/${id}/messages/events`, { n: 1 }),
    owner('POST', `/devices/${id}/messages/events`, [
      { body: 'e30=', base64Encoded: true, properties: { 'iothub-app-a': 'b', 'iothub-messageid': '1' } },
    ]),
    owner('GET', `/devices/${id}/messages/devicebound`),
    owner('GET', `/twins/${id}`),
    owner('GET', '/statistics/devices'),
    owner('GET', '/health'),
    owner('GET', '/msi/token?resource=x&'),
    user('GET', '/subscriptions'),
    user('GET', group),
    user('PUT', group, { location: 'local', tags: { a: 'b' } }),
    user('PATCH', group, { tags: { a: 'b' } }),
    user(
      'GET',
      `/subscriptions/${subscriptionId}/resources?$filter=${encodeURIComponent("name eq 'x' and tagName eq 'y'")}&`,
    ),
    user('GET', hub),
    user('PUT', hub, {
      location: 'local',
      sku: { name: 'S1', capacity: 1 },
      tags: {},
      identity: { type: 'SystemAssigned' },
      properties: {
        eventHubEndpoints: { events: { partitionCount: 2, retentionTimeInDays: 1 } },
        routing: { endpoints: { eventHubs: [] }, routes: [route], fallbackRoute: { isEnabled: true } },
        disableLocalAuth: false,
      },
    }),
    user('PATCH', hub, { tags: { a: 'b' } }),
    user('POST', `${hub}/listkeys`),
    user('GET', `${hub}/routingEndpointsHealth`),
    user('PUT', `${hub}/certificates/ca`, { properties: { certificate: 'AAAA', isVerified: true } }),
    user('POST', `${hub}/certificates/ca/verify`, { certificate: 'AAAA' }),
    user('PUT', `${hub}/eventHubEndpoints/events/ConsumerGroups/g${random.below(3)}`),
    user('POST', `${hub}/routing/routes/$testall`, { routingSource: 'DeviceMessages', message }),
    user('POST', `${hub}/routing/routes/$testnew`, { route, message }),
    user('PUT', role, {
      properties: { principalId: '00000000-0000-4000-8000-000000000001', roleDefinitionId: 'x' },
    }),
    user('POST', `/subscriptions/${subscriptionId}/${provider}/checkNameAvailability`, { name: 'fuzz-b' }),
    user('GET', `/subscriptions/${subscriptionId}/${provider}/locations/local/operationResults/x`),
  ];
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'X',
  '',
];
const oddHeaders: readonly string[] = [
  'Expect: 100-continue',
  'Expect: x',
  'Connection: close',
  'Upgrade: websocket',
  'Content-Encoding: gzip',
  'Content-Type: text/plain',
  'Content-Type: application/vnd.microsoft.iothub.json',
  'Host: localhost',
  'Host: example.com',
  'Host: [',
  'If-Match: "a", "b"',
  "If-Match: {'IF-MATCH': '*'}",
  'If-Match: *',
  'x-ms-continuation: ///',
  'x-ms-max-item-count: -1',
  'Range: bytes=0-',
  'Content-Length: 5',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: x',
  'Authorization: Bearer',
  'Authorization: SharedAccessSignature sr=%&sig=%&se=1&skn=%',
  'x-ms-correlation-request-id: \u00e9\u00ff',
  'iothub-app-__proto__: x',
  'iothub-messageid: \u00ff',
  'no colon',
  ': x',
  `x: ${'y'.repeat(20_000)}`,
  ' folded',
];

function pathOf(random: Random, path: string): string {
  const [way = '', query = ''] = path.split('?', 2);
  const segments = way.split('/');
  const at = 1 + random.below(Math.max(1, segments.length - 1));
  // Names that would create or change another hub are not generated: there would soon be too many.
  const odd = random.pick([
    encodeURIComponent(random.pick(oddTexts)),
    '%00',
    '%ff',
    '%c0%af',
    '%zz',
    '%2f',
    '\u00ff',
  ]);
  return random.pick([
    `${way}?${query}`,
    `${way}?${query}${version}&${version}`,
    `${way}?${query}api-version=${odd}`,
    `${way}?%=%&${query}`,
    `/${path}//?${version}`,
    `${segments.with(at, odd || '%00').join('/')}?${version}`,
    `${segments.slice(0, at).join('/')}?${version}`,
    `${way}/${odd}?${version}`,
    `${way.toUpperCase()}?${version}&$top=${odd}&$skiptoken=${odd}&$filter=${odd}&top=${odd}`,
    `https://localhost${way}?${version}`,
    'http://[',
    '*',
    '/%',
    `/${'a'.repeat(10_000)}`,
  ]);
}

function bodyOf(random: Random, body: unknown): string {
  if (body === undefined) return random.chance(0.1) ? random.pick(['{}', 'x', '[]']) : '';
  if (random.chance(0.2)) return JSON.stringify(body);
  if (random.chance(0.1)) {
    const level = random.pick(['[', '{"a":', '{"__proto__":{"a":']);
    return level.repeat(random.pick([50, 127, 128, 129, 20_000]));
  }
  const text = JSON.stringify(mutateJson(random, body)) ?? '';
  return random.chance(0.1) ? random.corrupt(Buffer.from(text)).toString('latin1') : text;
}

/** A request as bytes; it is valid if nothing was changed. */
function request(random: Random, call: Call, credentials: Credentials): Buffer {
  const isDeviceCall = call.path.includes('/messages/');
  const deviceId = call.path.split('/')[2] ?? '';
  const token =
    call.as === 'user'
      ? `Bearer ${bearerPlaceholder}`
      : isDeviceCall
        ? credentials.deviceToken(deviceId)
        : credentials.ownerToken;
  const method = random.chance(0.08) ? random.pick(methods) : call.method;
  const isPathChanged = call.method !== 'PUT' && random.chance(0.25);
  const path = isPathChanged
    ? pathOf(random, call.path)
    : `${call.path}${call.path.includes('?') ? '' : '?'}${version}`;
  const body = Buffer.from(bodyOf(random, call.body), 'latin1');
  const headers = ['Host: localhost', ...(random.chance(0.95) ? [`Authorization: ${token}`] : [])];
  if (isDeviceCall && Array.isArray(call.body))
    headers.push('Content-Type: application/vnd.microsoft.iothub.json');
  for (let left = random.below(3); left > 0 && random.chance(0.4); left--)
    headers.push(random.pick(oddHeaders));
  let content: Buffer = body;
  if (random.chance(0.15)) {
    headers.push('Transfer-Encoding: chunked');
    content = chunked(random, body);
  } else if (body.length > 0 || call.method !== 'GET') {
    const length = random.chance(0.95)
      ? body.length
      : random.pick([0, body.length - 1, body.length + 1, 99_999_999]);
    headers.push(`Content-Length: ${length}`);
  }
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1');
  const whole = Buffer.concat([head, content]);
  return random.chance(0.04) ? random.corrupt(whole) : whole;
}

function chunked(random: Random, body: Buffer): Buffer {
  const size = random.chance(0.8)
    ? body.length.toString(16)
    : random.pick(['', '-1', 'g', 'ffffffffffffffff', '1;x=y', '0']);
  const end = random.chance(0.9) ? '\r\n0\r\n\r\n' : random.pick(['', '\r\n0\r\nTrailer: x\r\n\r\n', '0']);
  return Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from(end)]);
}

export function httpInput(random: Random, credentials: Credentials): Input {
  if (random.chance(0.03)) return garbageInput(random, 'https');
  const parts = Array.from({ length: 1 + random.below(8) }, () =>
    random.chance(0.02)
      ? random.bytes(1 + random.below(100))
      : request(random, random.pick(callsOf(random, credentials)), credentials),
  );
  return {
    port: 'https',
    chunks: random.split(parts),
    parts,
    count: parts.length,
    isReset: random.chance(0.1),
    isReading: random.chance(0.97),
  };
}
