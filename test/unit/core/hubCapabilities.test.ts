import { describe, expect, it } from 'vitest';
import { hubCan, type HubCapability } from '../../../src/core/hub/hubCapabilities';
import { azureHubStatus } from '../../../src/core/hub/hubStatus';
import { aLocalHub, anAccountHub, anEventHubsEndpoint, aSavedHub } from '../../support/hubs';

const hubs = [aLocalHub({ kind: 'stopped' }), aSavedHub(), anEventHubsEndpoint(), anAccountHub()];
const thatCan = (capability: HubCapability) =>
  hubs.filter((hub) => hubCan(hub, capability)).map(({ kind }) => kind);

describe('Capabilities of a hub', () => {
  it.each<[HubCapability, readonly string[]]>([
    ['monitor', ['local', 'connectionString', 'eventHubs', 'azure']],
    ['manageDevices', ['local', 'connectionString', 'azure']],
    ['manageCertificates', ['local', 'connectionString', 'azure']],
    ['showOverview', ['local', 'connectionString', 'azure']],
    ['renameEntry', ['connectionString', 'eventHubs']],
    ['removeEntry', ['connectionString', 'eventHubs']],
    ['deleteResource', ['azure']],
    ['openInPortal', ['azure']],
    ['readPolicies', ['azure']],
    ['assignRoles', ['azure']],
    ['describeInEveryState', ['azure']],
  ])('%s belongs to %j', (capability, kinds) => {
    expect(thatCan(capability)).toEqual(kinds);
  });
});

describe('Status of an Azure hub', () => {
  it.each([
    ['Active', 'ready'],
    ['Activating', 'busy'],
    ['FailingOver', 'busy'],
    ['Suspended', 'failed'],
    ['KeyEncryptionKeyRevoked', 'failed'],
    ['DeletionFailed', 'failed'],
    ['SomethingNew', 'ready'],
  ])('in state %s is %s', (state, status) => {
    expect(azureHubStatus(state)).toBe(status);
  });
});
