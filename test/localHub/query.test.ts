import { describe, expect, it } from 'vitest';
import { readPage } from '../../src/localHub/http/deviceQuery';
import { parseQuery } from '../../src/localHub/http/query';

const documents = [
  { deviceId: 'a-1', status: 'enabled', version: 2, capabilities: { iotEdge: true } },
  { deviceId: 'a-2', status: 'disabled', version: 5, capabilities: { iotEdge: false } },
  { deviceId: 'b-1', status: 'enabled', version: 9, tags: { floor: 3, o: "it's" } },
];

const rowsOf = async (query: string) => (await readPage(parseQuery(query), documents, 100)).rows;
const idsOf = async (query: string) => (await rowsOf(query)).map(({ deviceId }) => deviceId);

describe('the query language', () => {
  it.each([
    ['SELECT * FROM devices', ['a-1', 'a-2', 'b-1']],
    ["select * from devices where status = 'enabled'", ['a-1', 'b-1']],
    ['SELECT * FROM devices WHERE capabilities.iotEdge = true', ['a-1']],
    ["SELECT * FROM devices WHERE NOT (status = 'enabled' OR deviceId = 'a-2')", []],
    ["SELECT * FROM devices WHERE status = 'enabled' AND version >= 3 OR deviceId = 'a-2'", ['a-2', 'b-1']],
    ["SELECT * FROM devices WHERE deviceId IN ['a-1', 'b-1']", ['a-1', 'b-1']],
    ["SELECT * FROM devices WHERE deviceId NIN ['a-1', 'b-1']", ['a-2']],
    ["SELECT * FROM devices WHERE STARTSWITH(deviceId, 'a-') AND ENDSWITH(deviceId, '2')", ['a-2']],
    ['SELECT * FROM devices WHERE is_defined(tags.floor)', ['b-1']],
    ["SELECT * FROM devices WHERE tags.o = 'it''s'", ['b-1']],
    [`SELECT * FROM devices WHERE tags.o = "it's" AND deviceId = "b-1"`, ['b-1']],
    [String.raw`SELECT * FROM devices WHERE tags.o = "it\u0027s"`, ['b-1']],
    [String.raw`SELECT * FROM devices WHERE tags.o = 'it\'s' AND deviceId <> "a""b"`, ['b-1']],
    ['SELECT * FROM devices WHERE tags.floor > -1', ['b-1']],
    ['SELECT * FROM devices WHERE constructor = 1', []],
    ['SELECT deviceId FROM devices WHERE devices.version <> 2', ['a-2', 'b-1']],
  ])('%s', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  it('counts and renames columns', async () => {
    expect(await rowsOf('SELECT COUNT() AS n FROM devices')).toEqual([{ n: 3 }]);
    const renamed = "SELECT deviceId AS id, tags.floor FROM devices WHERE deviceId = 'b-1'";
    expect(await rowsOf(renamed)).toEqual([{ id: 'b-1', floor: 3 }]);
  });

  it('lets others have their turn while it reads many devices', async () => {
    const many = Array.from({ length: 1_000 }, (_, n) => ({ deviceId: `d-${n}` }));
    let turns = 0;
    let other: NodeJS.Immediate;
    const take = (): void => {
      turns++;
      other = setImmediate(take);
    };
    take();
    const query = parseQuery(`SELECT ${Array(800).fill('deviceId').join(',')} FROM devices WHERE a = 1`);
    await readPage(query, many, 1_000).finally(() => clearImmediate(other));
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it.each([
    '',
    'SELECT',
    'SELECT * FROM jobs',
    'SELECT * FROM devices WHERE',
    "SELECT * FROM devices WHERE a = 'x",
    `SELECT * FROM devices WHERE a = "x'`,
    'SELECT * FROM devices GROUP BY a',
    'SELECT * FROM devices WHERE a ~ 1',
  ])('refuses %s with a message', (query) => {
    expect(() => parseQuery(query)).toThrow(/query|queries/);
  });
});
