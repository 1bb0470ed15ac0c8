import { describe, expect, it } from 'vitest';
import { type DeviceSummary } from '../../../src/core/device/device';
import {
  aCertificateInfo,
  aHubCertificate,
  anAuthority,
  anIssuedCertificate,
} from '../../support/certificates';
import { aSavedHub } from '../../support/hubs';
import { nodeId, parentOf, type Node } from '../../../src/explorer/nodes';
import { contextValue, present, type PresentationContext } from '../../../src/explorer/presentation';

const hub = aSavedHub({ id: 'h1', name: 'Factory', hostName: 'f.azure-devices.net' });
const context = (change: Partial<PresentationContext> = {}): PresentationContext => ({
  hub: (hubId) => (hubId === 'h1' ? hub : undefined),
  badges: () => [],
  now: 1_000_000_000,
  ...change,
});
const aDevice = (change: Partial<DeviceSummary> = {}): DeviceSummary => ({
  deviceId: 'd1',
  authentication: 'sas',
  isEnabled: true,
  isConnected: true,
  isEdge: false,
  lastActivityAt: 1_000_000_000 - 5 * 60_000,
  ...change,
});
const nodes: readonly Node[] = [
  { kind: 'hub', hubId: 'h1' },
  { kind: 'deviceFolder', hubId: 'h1' },
  { kind: 'certificateFolder', hubId: 'h1' },
  { kind: 'device', hubId: 'h1', device: aDevice() },
  { kind: 'loadMore', hubId: 'h1', loaded: 100 },
  { kind: 'hubCertificate', hubId: 'h1', certificate: aHubCertificate() },
  { kind: 'authorityFolder' },
  { kind: 'authority', authority: anAuthority() },
  { kind: 'selfSignedFolder' },
  { kind: 'issuedCertificate', certificate: anIssuedCertificate(), authority: anAuthority() },
  { kind: 'notice', hubId: 'h1', branch: 'certificates', text: 'Nothing yet', icon: 'info' },
  { kind: 'failure', hubId: 'h1', branch: 'devices', message: 'It failed.' },
];
const look = (node: Node, change?: Partial<PresentationContext>) => present(node, context(change));

describe('Presentation of tree nodes', () => {
  it('has an accessibility label, a label and an icon for every node', () => {
    for (const node of nodes) {
      const { label, icon, spoken } = look(node);
      expect([label, icon, spoken].every((text) => text.length > 0)).toBe(true);
    }
  });

  it('shows how a device authenticates, whether it is connected and when it was last active', () => {
    const node: Node = { kind: 'device', hubId: 'h1', device: aDevice() };
    expect(look(node)).toMatchObject({
      label: 'd1',
      description: 'connected · active 5 min ago · symmetric key',
    });
    expect(contextValue(node, look(node))).toBe('device;sas;enabled;connected');
  });

  const day = 24 * 60 * 60 * 1000;
  const hubCertificate = (change: Parameters<typeof aHubCertificate>[0]): Node => ({
    kind: 'hubCertificate',
    hubId: 'h1',
    certificate: aHubCertificate(change),
  });

  it('shows whether a hub certificate is verified and how long it is valid', () => {
    const unverified = hubCertificate({});
    expect(look(unverified, { now: 0 })).toMatchObject({
      description: 'not verified · 100 days left',
      icon: 'unverified',
    });
    expect(contextValue(unverified, look(unverified, { now: 0 }))).toBe('hubCertificate;unverified;valid');
    expect(look(hubCertificate({ isVerified: true }), { now: 0 })).toMatchObject({
      description: 'verified · 100 days left',
      icon: 'verified-filled',
    });
  });

  it('warns 30 days before a certificate expires and after it expired', () => {
    const at = (now: number) => look(hubCertificate({ isVerified: true }), { now });
    expect(at(70 * day)).toMatchObject({ icon: 'verified-filled', description: 'verified · 30 days left' });
    expect(at(70 * day + 1)).toMatchObject({ icon: 'warning', description: 'verified · 29 days left' });
    expect(at(99.5 * day)).toMatchObject({ icon: 'warning', description: 'verified · expires today' });
    expect(at(102 * day)).toMatchObject({ icon: 'error', description: 'verified · expired 2 days ago' });
  });

  it('shows whether the key of a CA is available, and its issuer', () => {
    const intermediate = anAuthority({ info: aCertificateInfo({ isSelfSigned: false, issuer: 'CN=Root' }) });
    expect(look({ kind: 'authority', authority: intermediate }, { now: 0 }).description).toBe(
      'intermediate · 100 days left · key stored elsewhere · EC P-256',
    );
    const withKey: Node = { kind: 'authority', authority: anAuthority({ keyFile: '/ca/ca.key.pem' }) };
    expect(look(withKey, { now: 0 }).description).toBe('100 days left · EC P-256');
    expect(contextValue(withKey, look(withKey, { now: 0 }))).toBe('authority;key;valid');
  });

  it('shows a disabled device as disabled, also as text', () => {
    const node: Node = {
      kind: 'device',
      hubId: 'h1',
      device: aDevice({ isEnabled: false, authentication: 'selfSigned', lastActivityAt: undefined }),
    };
    expect(look(node)).toMatchObject({
      description: 'disabled · X.509 thumbprint',
      spoken: 'Device d1, disabled · X.509 thumbprint',
    });
    expect(contextValue(node, look(node))).toBe('device;selfSigned;disabled;connected');
  });

  it('marks a hub that is monitored', () => {
    const node: Node = { kind: 'hub', hubId: 'h1' };
    const shown = look(node, { badges: () => ['monitored'] });
    expect(shown.description).toBe('monitoring · f.azure-devices.net');
    expect(contextValue(node, shown)).toBe('hub;removable;monitored');
  });

  it('retries a failure on click', () => {
    expect(look({ kind: 'failure', hubId: 'h1', branch: 'devices', message: 'It failed.' }).command).toEqual({
      id: 'iotHubWorkbench.refresh',
      takesNode: true,
    });
  });

  it('handles a hub that no longer exists', () => {
    expect(look({ kind: 'hub', hubId: 'other' }).label).toBe('Removed hub');
  });
});

describe('Tree nodes', () => {
  it('have unique IDs that start with the ID of the parent', () => {
    const ids = nodes.map(nodeId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const node of nodes) {
      const parent = parentOf(node);
      if (parent) expect(nodeId(node).startsWith(`${nodeId(parent)}/`)).toBe(true);
      else expect(['hub', 'authorityFolder']).toContain(node.kind);
    }
  });

  it('of a device keep their ID when the device changes', () => {
    const one: Node = { kind: 'device', hubId: 'h1', device: aDevice() };
    const other: Node = { kind: 'device', hubId: 'h1', device: aDevice({ isEnabled: false }) };
    expect(nodeId(one)).toBe(nodeId(other));
  });
});
