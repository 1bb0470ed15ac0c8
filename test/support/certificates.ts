import { type Authority, type IssuedCertificate } from '../../src/core/certificate/authorityStore';
import { type CertificateInfo } from '../../src/core/certificate/certificate';
import { type HubCertificate } from '../../src/core/certificate/hubCertificates';
import { type Device, type DeviceCredentials } from '../../src/core/device/device';

const day = 24 * 60 * 60 * 1000;

export const aCertificateInfo = (change: Partial<CertificateInfo> = {}): CertificateInfo => ({
  subject: 'CN=Factory CA',
  commonName: 'Factory CA',
  issuer: 'CN=Factory CA',
  serialNumber: '0A',
  notBefore: 0,
  notAfter: 100 * day,
  sha1: 'A'.repeat(40),
  sha256: 'B'.repeat(64),
  isAuthority: true,
  isSelfSigned: true,
  key: 'EC P-256',
  ...change,
});

/** Without a key by default. */
export const anAuthority = (change: Partial<Authority> = {}): Authority => ({
  id: 'ca',
  name: 'Factory CA',
  folder: '/ca',
  certificateFile: '/ca/ca.pem',
  chainFile: '/ca/chain.pem',
  isKeyEncrypted: true,
  createdAt: 0,
  info: aCertificateInfo(),
  ...change,
});

export const anIssuedCertificate = (change: Partial<IssuedCertificate> = {}): IssuedCertificate => ({
  id: 'leaf',
  authorityId: 'ca',
  deviceId: 'd1',
  serialNumber: '0B',
  notBefore: 0,
  notAfter: 50 * day,
  sha1: 'C'.repeat(40),
  sha256: 'D'.repeat(64),
  key: 'EC P-256',
  certificateFile: '/ca/devices/d1.pem',
  keyFile: '/ca/devices/d1.key.pem',
  isKeyEncrypted: false,
  issuedAt: 0,
  ...change,
});

export const aHubCertificate = (change: Partial<HubCertificate> = {}): HubCertificate => ({
  name: 'Factory-CA',
  subject: 'CN=Factory CA',
  thumbprint: 'A'.repeat(40),
  expiresAt: 100 * day,
  isVerified: false,
  etag: 'e1',
  ...change,
});

export const aDevice = (credentials: DeviceCredentials, change: Partial<Device> = {}): Device => ({
  deviceId: 'd1',
  authentication: credentials.kind,
  isEnabled: true,
  isConnected: false,
  isEdge: false,
  credentials,
  etag: 'e',
  ...change,
});
