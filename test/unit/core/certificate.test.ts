import { describe, expect, it } from 'vitest';
import { readCertificateInfo, parseCertificate, splitPem } from '../../../src/core/certificate/certificate';
import {
  toHubCertificateName,
  hubCertificateNameProblem,
} from '../../../src/core/certificate/hubCertificates';
import { makeCertificate } from '../../support/x509';

describe('Certificate info', () => {
  it('reads the properties of a certificate without the X.509 library', async () => {
    const root = await makeCertificate({ commonName: 'Müller, Söhne = "CA"', isAuthority: true });
    const leaf = await makeCertificate({ commonName: 'd1', issuer: root });
    expect(readCertificateInfo(parseCertificate(root.pem))).toMatchObject({
      commonName: 'Müller, Söhne = "CA"',
      isAuthority: true,
      isSelfSigned: true,
      key: 'EC P-256',
    });
    const info = readCertificateInfo(parseCertificate(leaf.pem));
    expect(info).toMatchObject({ commonName: 'd1', isAuthority: false, isSelfSigned: false });
    expect(info.notAfter).toBeGreaterThan(Date.now());
    expect(info.sha256).toMatch(/^[0-9A-F]{64}$/);
    expect(
      splitPem(`junk ${leaf.pem} between ${root.pem}`).map((pem) => parseCertificate(pem).serialNumber),
    ).toEqual([leaf, root].map(({ pem }) => parseCertificate(pem).serialNumber));
  });
});

describe('Certificate name on a hub', () => {
  it('derives a valid certificate name from any text', () => {
    for (const text of ['Factory CA', '--', 'Müller & Söhne', '', 'x'.repeat(100)]) {
      expect(hubCertificateNameProblem(toHubCertificateName(text))).toBeUndefined();
    }
    expect(toHubCertificateName('Factory CA')).toBe('Factory-CA');
  });

  it('rejects certificate names that the service does not accept', () => {
    expect(hubCertificateNameProblem('a b')).toContain('" " is not allowed');
    expect(hubCertificateNameProblem('x'.repeat(65))).toContain('longer than 64');
    expect(hubCertificateNameProblem('')).toContain('Enter a name');
  });
});
