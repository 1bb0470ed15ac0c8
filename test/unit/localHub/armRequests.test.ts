import { describe, expect, it } from 'vitest';
import { findLocation, locations } from '../../../src/localHub/account/locations';
import { ArmError } from '../../../src/localHub/arm/errors';
import { readFilter } from '../../../src/localHub/arm/filter';
import { readIdentity } from '../../../src/localHub/arm/identity';
import { ifMatchOf } from '../../../src/localHub/arm/ifMatch';
import { unsupportedAnswer } from '../../../src/localHub/arm/unsupported';
import { Routing } from '../../../src/localHub/state/routing';

describe('If-Match in ARM', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*', '*'],
    ['"AAAA="', '"AAAA="'],
    // The text of a Python dictionary, which the Azure CLI sends.
    ["{'IF-MATCH': 'lLB6kNgDWBpb'}", 'lLB6kNgDWBpb'],
    ["{'IF-MATCH': 'AAAAAAFPazE='}", 'AAAAAAFPazE='],
    ['{"If-Match": "a\'b"}', "a'b"],
    ["{'IF-MATCH': None}", undefined],
    ["{'IF-NONE-MATCH': 'x'}", "{'IF-NONE-MATCH': 'x'}"],
  ])('%s is the tag %s', (header, tag) => {
    expect(ifMatchOf({ headers: header === undefined ? {} : { 'if-match': header } })).toBe(tag);
  });
});

describe('A $filter in ARM', () => {
  const hub = {
    name: 'plant-hub',
    location: 'westus2',
    type: 'Microsoft.Devices/IotHubs',
    resourceGroup: 'Plant',
    tags: { env: 'Prod', team: "O'Hara" },
  };

  it.each([
    [null, true],
    ["resourceGroup eq 'plant'", true],
    ["resourceGroup eq 'other'", false],
    ["resourcegroup ne 'other'", true],
    ["resourceGroup eq 'plant' and name eq 'PLANT-HUB'", true],
    ["resourceGroup eq 'other' or name eq 'plant-hub'", true],
    ["resourceGroup eq 'other' or name eq 'a' and location eq 'westus2'", false],
    ["location eq 'West US 2'", true],
    ["resourceType eq 'microsoft.devices/iothubs'", true],
    ["substringof('lan', name)", true],
    ["substringof('x',resourceGroup)", false],
    ["startswith(tagName, 'te')", true],
    ["tagName eq 'ENV' and tagValue eq 'Prod'", true],
    ["tagName eq 'env' and tagValue eq 'prod'", false],
    ["tagName eq 'team' and tagValue eq 'Prod'", false],
    ["tagname eq 'team' and tagvalue eq 'O''Hara'", true],
    ["plan/name eq 'x'", false],
    ["name eq 'a and b' or name eq 'plant-hub'", true],
  ])('%s matches: %s', (filter, isMatch) => {
    expect(readFilter(filter)(hub)).toBe(isMatch);
  });

  it.each([
    'name',
    "name gt 'a'",
    "name eq 'a' and",
    "name eq 'a' name eq 'b'",
    "color eq 'red'",
    'name eq 1',
    "name eq 'a",
    `substringof('${' '.repeat(8_000)}`,
  ])('%s is refused', (filter) => {
    expect(() => readFilter(filter)).toThrow(ArmError);
  });
});

describe('Regions of the public cloud', () => {
  it.each(['westus', 'East US 2', 'germanywestcentral', 'WestEurope', 'qatarcentral', 'newzealandnorth'])(
    '%s is accepted',
    (name) => {
      expect(findLocation(name)).toMatchObject({ offersHubs: true });
    },
  );

  it('are not listed beside the local ones, and other names are not accepted', () => {
    expect(locations.map(({ name }) => name).filter((name) => !name.endsWith('local'))).toEqual([]);
    for (const name of ['', 'atlantis', 'westus9']) expect(findLocation(name)).toBeUndefined();
  });
});

describe('Identities of a hub', () => {
  it('keep their ids while they exist', () => {
    const system = readIdentity({ type: 'SystemAssigned' }, undefined);
    expect(system).toMatchObject({ type: 'SystemAssigned', principalId: expect.any(String) as string });
    const both = readIdentity(
      { type: 'SystemAssigned,UserAssigned', userAssignedIdentities: { '/a': {}, '/b': {} } },
      system,
    );
    expect(both).toMatchObject({ type: 'SystemAssigned, UserAssigned', principalId: system?.principalId });
    const user = readIdentity(
      { type: 'UserAssigned', userAssignedIdentities: { '/a': {}, '/b': null } },
      both,
    );
    expect(user?.userAssignedIdentities).toEqual({ '/a': both?.userAssignedIdentities?.['/a'] });
    expect(user).not.toHaveProperty('principalId');
    expect(readIdentity(undefined, user)).toBe(user);
    expect(readIdentity({ type: 'None' }, user)).toBeUndefined();
    expect(() => readIdentity({ type: 'Mine' }, user)).toThrow(ArmError);
  });
});

describe('A path without a route in ARM', () => {
  const subscription = '/subscriptions/00000000-0000-0000-0000-000000000000';
  const hub = `${subscription}/resourceGroups/g/providers/Microsoft.Devices/IotHubs/h`;
  it.each([
    [`${hub}/failover`, 501, 'NotImplemented'],
    [`${hub}/jobs/7`, 501, 'NotImplemented'],
    [`${hub}/PrivateLinkResources`, 501, 'NotImplemented'],
    [`${subscription}/providers/Microsoft.Devices/usages`, 501, 'NotImplemented'],
    [`${subscription}/providers/Microsoft.Devices/provisioningServices`, 501, 'NotImplemented'],
    [`${subscription}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a`, 501, 'NotImplemented'],
    [`${subscription}/tagNames`, 501, 'NotImplemented'],
    [`${hub}/nonsense`, 404, 'InvalidResourceType'],
    [`${subscription}/providers/Microsoft.Devices/nonsense`, 404, 'InvalidResourceType'],
    [`${subscription}/providers/nonsense/x`, 404, 'InvalidResourceNamespace'],
  ])('%s is answered with %i %s', (path, status, code) => {
    const request = {
      method: 'POST',
      path: path.split('/').slice(1),
      query: new URLSearchParams('api-version=2023-06-30'),
      headers: {},
      body: undefined,
      base: 'https://localhost',
    };
    expect(unsupportedAnswer(request)).toMatchObject({ status, body: { error: { code } } });
  });
});

describe('The source of a route', () => {
  it.each(['DeviceMessages', 'devicemessages'])('%s applies to messages of devices', (source) => {
    const routing = new Routing(() => () => true);
    const route = { name: 'r', source, condition: 'true', endpointNames: ['other'], isEnabled: true };
    routing.set({ endpoints: { eventHubs: [{ name: 'other' }] }, routes: [route], isFallbackOn: true });
    expect(routing.settings.routes).toEqual([route]);
    const event = { deviceId: 'd', system: {}, properties: {}, body: Buffer.from('') };
    expect(routing.reachesBuiltIn(event)).toBe(false);
    expect(routing.undeliveredCounts.get('other')).toBe(1);
  });
});
