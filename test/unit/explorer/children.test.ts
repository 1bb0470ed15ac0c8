import { describe, expect, it, vi } from 'vitest';
import {
  type Authority,
  type AuthorityStore,
  type IssuedCertificate,
} from '../../../src/core/certificate/authorityStore';
import { type HubCertificate } from '../../../src/core/certificate/hubCertificates';
import { IotError } from '../../../src/core/errors';
import { type CertificateLists } from '../../../src/explorer/certificateLists';
import { anAzureAccounts, anAzureDirectory } from '../../support/azure';
import { aLocalHub, anAccountHub, anEventHubsEndpoint, aSavedHub } from '../../support/hubs';
import { aHubCertificate, anAuthority, anIssuedCertificate } from '../../support/certificates';
import { Emitter } from '../../../src/core/base/event';
import { type Hub, type LocalHubProcess } from '../../../src/core/hub/hub';
import { HubDirectory } from '../../../src/core/hub/hubDirectory';
import { childrenOf, roots, type ChildServices } from '../../../src/explorer/children';
import { type DeviceList, type DeviceLists } from '../../../src/explorer/deviceLists';

function services(
  hub: Hub,
  list: () => Promise<DeviceList> = () => Promise.resolve({ devices: [] }),
  local: { authorities?: readonly Authority[]; issued?: readonly IssuedCertificate[] } = {},
) {
  const hubs = new HubDirectory();
  hubs.add({
    onDidChange: new Emitter<void>().event,
    hubs: () => [hub],
    connection: () => Promise.reject(new Error()),
  });
  const load = vi.fn(list);
  const certificates = vi.fn(() => Promise.resolve<readonly HubCertificate[]>([]));
  const all: ChildServices = {
    hubs,
    devices: { load } as unknown as DeviceLists,
    certificates: { load: certificates } as unknown as CertificateLists,
    authorities: {
      list: () => Promise.resolve(local.authorities ?? []),
      issued: () => Promise.resolve(local.issued ?? []),
    } as unknown as AuthorityStore,
    azure: anAzureDirectory(),
    accounts: anAzureAccounts(),
  };
  return { all, load, certificates };
}
const ready = aSavedHub();
const off = aLocalHub({ kind: 'stopped' }, 'h');

describe('Children of tree nodes', () => {
  it('are hubs, Azure and Certificate Authorities at the top level', async () => {
    expect(await roots(services(ready).all, () => undefined)).toEqual([
      { kind: 'hub', hubId: 'h' },
      expect.objectContaining({ kind: 'notice', branch: 'azure' }),
      { kind: 'authorityFolder' },
    ]);
  });

  it('of a hub are its devices and certificates when it is ready', async () => {
    const kinds = (await childrenOf({ kind: 'hub', hubId: 'h' }, services(ready).all)).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['deviceFolder', 'certificateFolder']);
  });

  const startLocalHub = 'iotHubWorkbench.startLocalHub';
  const notReady: [LocalHubProcess, object][] = [
    [{ kind: 'stopped' }, { kind: 'notice', text: 'Start Local Hub', command: startLocalHub }],
    [{ kind: 'starting' }, { kind: 'notice', text: 'The local hub is starting…' }],
    [{ kind: 'stopping' }, { kind: 'notice', text: 'The local hub is stopping…' }],
    [
      { kind: 'failed', reason: 'broken' },
      { kind: 'failure', message: 'The local hub failed: broken', command: startLocalHub },
    ],
  ];
  it.each(notReady)('of a local hub that is not ready show what to do (%j)', async (process, expected) => {
    const { all } = services(aLocalHub(process, 'h'));
    expect(await childrenOf({ kind: 'hub', hubId: 'h' }, all)).toEqual([expect.objectContaining(expected)]);
  });

  it.each([
    ['Deleting', { kind: 'notice', text: 'The hub is being deleted' }],
    [
      'Suspended',
      {
        kind: 'failure',
        message: 'Hub "factory" cannot be used. Its state in Azure is suspended.',
        command: 'iotHubWorkbench.refresh',
      },
    ],
  ])('of an Azure hub that is %s show this state', async (state, expected) => {
    const hub = anAccountHub({ state });
    expect(await childrenOf({ kind: 'hub', hubId: hub.id }, services(hub).all)).toEqual([
      expect.objectContaining(expected),
    ]);
  });

  it('of an event endpoint offer to monitor it', async () => {
    const hub = anEventHubsEndpoint();
    expect(await childrenOf({ kind: 'hub', hubId: hub.id }, services(hub).all)).toEqual([
      expect.objectContaining({ kind: 'notice', command: 'iotHubWorkbench.startMonitoring' }),
    ]);
  });

  it('of a stopped hub are not read, because reading would start it', async () => {
    const { all, load } = services(off);
    expect(await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all)).toEqual([]);
    expect(load).not.toHaveBeenCalled();
  });

  it('offer to register the first device', async () => {
    const [node] = await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, services(ready).all);
    expect(node).toMatchObject({ kind: 'notice', command: 'iotHubWorkbench.registerDevice' });
  });

  it('end with "Load more" when there is more', async () => {
    const device = {
      deviceId: 'd',
      authentication: 'sas',
      isEnabled: true,
      isConnected: false,
      isEdge: false,
    } as const;
    const { all } = services(ready, () => Promise.resolve({ devices: [device], continuation: 'x' }));
    const nodes = await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all);
    expect(nodes.map(({ kind }) => kind)).toEqual(['device', 'loadMore']);
  });

  it('that cannot be read are one node with the error', async () => {
    const { all } = services(ready, () => Promise.reject(new Error('No key.')));
    expect(await childrenOf({ kind: 'deviceFolder', hubId: 'h' }, all)).toEqual([
      { kind: 'failure', hubId: 'h', branch: 'devices', message: 'No key.' },
    ]);
  });

  const folder = { kind: 'certificateFolder', hubId: 'h' } as const;

  it('include the certificates of the hub', async () => {
    const { all, certificates } = services(ready);
    certificates.mockResolvedValue([aHubCertificate()]);
    expect(await childrenOf(folder, all)).toEqual([
      { kind: 'hubCertificate', hubId: 'h', certificate: aHubCertificate() },
    ]);
  });

  it('offer to upload the first certificate', async () => {
    const [node] = await childrenOf(folder, services(ready).all);
    expect(node).toMatchObject({ kind: 'notice', command: 'iotHubWorkbench.uploadAndVerifyAuthority' });
  });

  it('explain that a connection string cannot manage certificates', async () => {
    const { all, certificates } = services(ready);
    certificates.mockRejectedValue(new IotError('unsupported', 'That takes ARM.'));
    expect(await childrenOf(folder, all)).toEqual([
      expect.objectContaining({ kind: 'notice', detail: 'That takes ARM.' }),
    ]);
  });

  it('show a failure only where it happened', async () => {
    const { all, certificates } = services(ready);
    certificates.mockRejectedValue(new Error('No token.'));
    expect(await childrenOf(folder, all)).toEqual([
      { kind: 'failure', hubId: 'h', branch: 'certificates', message: 'No token.' },
    ]);
  });

  it('include the CAs of this computer, and self-signed certificates if there are any', async () => {
    const local = { authorities: [anAuthority()], issued: [anIssuedCertificate()] };
    const kinds = async (issued: readonly IssuedCertificate[]) =>
      (
        await childrenOf({ kind: 'authorityFolder' }, services(ready, undefined, { ...local, issued }).all)
      ).map(({ kind }) => kind);
    const selfSigned = anIssuedCertificate();
    Reflect.deleteProperty(selfSigned, 'authorityId');
    expect(await kinds(local.issued)).toEqual(['authority']);
    expect(await kinds([selfSigned])).toEqual(['authority', 'selfSignedFolder']);
  });

  it('of a CA are its newest 1,000 issued certificates, newest first', async () => {
    const issued = Array.from({ length: 1_200 }, (_, n) =>
      anIssuedCertificate({ id: String(n), issuedAt: n }),
    );
    const authority = anAuthority();
    const nodes = await childrenOf(
      { kind: 'authority', authority },
      services(ready, undefined, { issued }).all,
    );
    expect(nodes).toHaveLength(1_001);
    expect(nodes[0]).toMatchObject({ certificate: { id: '1199' }, authority });
    expect(nodes.at(-1)).toMatchObject({ kind: 'notice', text: '200 older certificates are not shown' });
  });

  it('offer to create the first CA', async () => {
    const [node] = await childrenOf({ kind: 'authorityFolder' }, services(ready).all);
    expect(node).toMatchObject({ kind: 'notice', command: 'iotHubWorkbench.createAuthority' });
  });
});
