import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HubContext } from '../context';
import { HubError } from '../errors';
import type { Device } from '../state/device';
import { bodyOf, textOf } from './bodyValues';
import { parseQuery, valueAt, type Query } from './query';
import type { Answer, Request } from './router';

type Json = Readonly<Record<string, unknown>>;

const maxRows = 1_000;
/** A query of the maximum length takes about 10 ms for so many devices; then other clients have their turn. */
const devicesPerTurn = 100;

/** @see https://learn.microsoft.com/rest/api/iothub/service/query/get-twins */
export async function queryDevices({ registry }: HubContext, request: Request): Promise<Answer> {
  const text = textOf(bodyOf(request).query, 'query');
  if (text === undefined) throw new HubError('ArgumentInvalid', 'The body must be {"query": "SELECT …"}');
  const query = parseQuery(text);
  const limit = readPageSize(request.headers['x-ms-max-item-count']);
  const after = readContinuation(request.headers['x-ms-continuation']);
  const devices = registry.list();
  const from = after === undefined ? 0 : devices.findIndex(({ deviceId }) => deviceId > after);
  const { rows, last } = await readPage(query, documentsOf(from === -1 ? [] : devices.slice(from)), limit);
  return {
    status: 200,
    body: rows,
    headers: {
      'x-ms-item-type': query.selectsAll ? 'Twin' : 'Raw',
      // Its presence tells the SDK that there are more results.
      ...(last === undefined ? {} : { 'x-ms-continuation': writeContinuation(String(last.deviceId)) }),
    },
  };
}

/**
 * The rows for the first documents that a query finds, or the number of all.
 * @param documents in the order of their IDs
 * @returns `last`: the document of the last row, if there are more
 */
export async function readPage(
  query: Query,
  documents: Iterable<Json>,
  limit: number,
): Promise<{ readonly rows: readonly Json[]; readonly last?: Json }> {
  const isCount = query.columns.some(({ path }) => path === undefined);
  const rows: Json[] = [];
  let last: Json | undefined;
  let count = 0;
  let seen = 0;
  for (const document of documents) {
    if (++seen % devicesPerTurn === 0) await nextTurn();
    if (query.where && !query.where(document)) continue;
    count++;
    if (isCount) continue;
    if (last && rows.length >= limit) return { rows, last };
    rows.push(rowOf(query, document));
    last = document;
  }
  return { rows: isCount ? [Object.fromEntries(query.columns.map(({ name }) => [name, count]))] : rows };
}

function rowOf(query: Query, document: Json): Json {
  if (query.selectsAll) return document;
  return Object.fromEntries(
    query.columns.flatMap(({ name, path }) => {
      const value = path && valueAt(document, path);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function* documentsOf(devices: readonly Device[]): Generator<Json> {
  for (const device of devices) yield queryDocument(device);
}

function readPageSize(header: string | string[] | undefined): number {
  if (header === undefined) return maxRows;
  const size = Number(header);
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header) || size === 0)
    throw new HubError('ArgumentInvalid', 'x-ms-max-item-count must be a whole number of 1 or more');
  return Math.min(size, maxRows);
}

/** Names the last device of a page: a position would skip others after devices of that page are deleted. */
const writeContinuation = (deviceId: string): string => Buffer.from(`after ${deviceId}`).toString('base64');

function readContinuation(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const [, after] = /^after (.+)$/s.exec(Buffer.from(String(header), 'base64').toString()) ?? [];
  if (after === undefined) throw new HubError('ArgumentInvalid', 'The continuation token is not valid');
  return after;
}

/** The document that queries run on: a twin as returned by `SELECT * FROM devices`. */
function queryDocument(device: Device): Json {
  const thumbprints = device.authentication.x509Thumbprint;
  const properties = { $metadata: { $lastUpdated: device.statusUpdatedTime }, $version: 1 };
  return {
    deviceId: device.deviceId,
    etag: 'AAAAAAAAAAE=',
    deviceEtag: device.etag,
    status: device.status,
    statusReason: device.statusReason,
    statusUpdateTime: device.statusUpdatedTime,
    connectionState: device.connectionState,
    lastActivityTime: device.lastActivityTime,
    cloudToDeviceMessageCount: device.cloudToDeviceMessageCount,
    authenticationType: device.authentication.type,
    x509Thumbprint: thumbprints,
    modelId: '',
    version: 2,
    properties: { desired: properties, reported: properties },
    capabilities: device.capabilities,
  };
}
