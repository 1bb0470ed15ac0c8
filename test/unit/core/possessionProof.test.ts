import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readCertificateInfo, parseCertificate } from '../../../src/core/certificate/certificate';
import { type HubCertificate, type HubCertificates } from '../../../src/core/certificate/hubCertificates';
import {
  checkProof,
  ensureUploaded,
  provePossession,
  uploadProof,
} from '../../../src/core/certificate/possessionProof';
import { IotError } from '../../../src/core/errors';
import { makeCertificate, nameOf, type TestCertificate } from '../../support/x509';

/** Certificates of a hub: every change renews the ETag, and a verification code can be used once. */
class FakeHub implements HubCertificates {
  readonly stored = new Map<string, HubCertificate & { readonly code?: string }>();
  readonly calls: string[] = [];
  private version = 0;
  /** Runs before a call with that name, to simulate another client. */
  interfere: Partial<Record<'generate' | 'verify', () => void>> = {};

  put(name: string, pem: string, isVerified = false, code?: string): HubCertificate {
    const { sha1, notAfter, subject } = readCertificateInfo(parseCertificate(pem));
    const stored = {
      name,
      subject,
      thumbprint: sha1,
      expiresAt: notAfter,
      isVerified,
      pem,
      etag: `e${++this.version}`,
    };
    this.stored.set(name, { ...stored, ...(code === undefined ? {} : { code }) });
    return stored;
  }
  list = () => Promise.resolve([...this.stored.values()]);
  find = (name: string) => Promise.resolve(this.stored.get(name));
  upload(name: string, pem: string, { isVerified, etag }: { isVerified: boolean; etag?: string }) {
    this.calls.push('upload');
    if (this.stored.get(name)?.etag !== etag) return Promise.reject(new IotError('alreadyExists', 'taken'));
    return Promise.resolve(this.put(name, pem, isVerified));
  }
  generateVerificationCode(name: string, etag: string) {
    this.calls.push('code');
    this.interfere.generate?.();
    const { pem } = this.current(name, etag);
    const code = `C0DE${this.version}`;
    return Promise.resolve({ code, etag: this.put(name, pem ?? '', false, code).etag });
  }
  verify(name: string, etag: string, proof: string) {
    this.calls.push('verify');
    this.interfere.verify?.();
    const { pem, code } = this.current(name, etag);
    checkProof(proof, pem, code);
    return Promise.resolve(this.put(name, pem ?? '', true));
  }
  delete = () => Promise.resolve();
  private current(name: string, etag: string) {
    const found = this.stored.get(name);
    if (found?.etag !== etag) throw new IotError('changedMeanwhile', 'stale');
    return found;
  }
}

let authority: TestCertificate;
let other: TestCertificate;
const signWith =
  (issuer: () => TestCertificate) =>
  async (code: string): Promise<string> =>
    (await makeCertificate({ commonName: code, issuer: issuer() })).pem;
const sign = signWith(() => authority);

beforeAll(async () => {
  authority = await makeCertificate({ commonName: 'Factory CA', isAuthority: true });
  other = await makeCertificate({ commonName: 'Factory CA', isAuthority: true });
});

describe('Upload of a certificate authority', () => {
  it('uploads a certificate authority once and finds it again under any name', async () => {
    const hub = new FakeHub();
    const first = await ensureUploaded(hub, { name: 'a', pem: authority.pem });
    const again = await ensureUploaded(hub, { name: 'b', pem: authority.pem });
    expect([first.name, again.name, hub.calls]).toEqual(['a', 'a', ['upload']]);
  });

  it('does not replace a different certificate that has the same name', async () => {
    const hub = new FakeHub();
    hub.put('a', other.pem, true);
    await expect(ensureUploaded(hub, { name: 'a', pem: authority.pem })).rejects.toMatchObject({
      code: 'alreadyExists',
    });
    expect(hub.stored.get('a')?.isVerified).toBe(true);
  });

  it('verifies an unverified certificate by its ETag when it is uploaded as verified', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem);
    expect(await ensureUploaded(hub, { name: 'b', pem: authority.pem, isVerified: true })).toMatchObject({
      name: 'a',
      isVerified: true,
    });
  });

  it('rejects an expired certificate authority without a call to the hub', async () => {
    const expired = await makeCertificate({ commonName: 'Old', isAuthority: true, from: -9, until: -1 });
    const hub = new FakeHub();
    await expect(ensureUploaded(hub, { name: 'a', pem: expired.pem })).rejects.toThrow('expired');
    expect(hub.calls).toEqual([]);
  });
});

describe('Proof of possession', () => {
  it('verifies the certificate and reports the steps in order', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem);
    const steps: string[] = [];
    const proved = await provePossession(hub, 'a', sign, { report: (step) => steps.push(step) });
    expect(proved.isVerified).toBe(true);
    expect(steps).toEqual(['code', 'sign', 'verify']);
  });

  it('makes no calls if the certificate is already verified', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem, true);
    await provePossession(hub, 'a', sign);
    expect(hub.calls).toEqual([]);
  });

  it.each(['generate', 'verify'] as const)(
    'starts over once with a new ETag and code if the certificate changes before %s',
    async (moment) => {
      const hub = new FakeHub();
      hub.put('a', authority.pem);
      hub.interfere = {
        [moment]: vi.fn(() => hub.put('a', authority.pem, false, 'OTHER')).mockName('once'),
      };
      const interfere = hub.interfere[moment];
      hub.interfere[moment] = () => {
        interfere?.();
        hub.interfere = {};
      };
      expect((await provePossession(hub, 'a', sign)).isVerified).toBe(true);
      expect(hub.calls.filter((call) => call === 'code')).toHaveLength(2);
    },
  );

  it('fails with changedMeanwhile if the certificate changes a second time', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem);
    hub.interfere = { verify: () => hub.put('a', authority.pem) };
    await expect(provePossession(hub, 'a', sign)).rejects.toMatchObject({ code: 'changedMeanwhile' });
    expect(hub.calls.filter((call) => call === 'verify')).toHaveLength(2);
  });

  it('does not send a proof for a code that another one has replaced', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem);
    const late = async (code: string) => {
      hub.put('a', authority.pem, false, 'OVERTAKEN');
      return sign(code);
    };
    await expect(provePossession(hub, 'a', late)).rejects.toMatchObject({ code: 'changedMeanwhile' });
    expect(hub.calls).not.toContain('verify');
  });

  it('stops when canceled, and a second run completes the verification', async () => {
    const hub = new FakeHub();
    hub.put('a', authority.pem);
    const controller = new AbortController();
    const stopping = async (code: string) => {
      controller.abort();
      return sign(code);
    };
    await expect(provePossession(hub, 'a', stopping, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await provePossession(hub, 'a', sign)).isVerified).toBe(true);
  });

  it('accepts a verification certificate that is uploaded later', async () => {
    const hub = new FakeHub();
    const { etag } = hub.put('a', authority.pem);
    const { code } = await hub.generateVerificationCode('a', etag);
    expect((await uploadProof(hub, 'a', await sign(code))).isVerified).toBe(true);
  });
});

describe('Check of a verification certificate', () => {
  const proof = (change: Partial<Parameters<typeof makeCertificate>[0]>) =>
    makeCertificate({ commonName: 'CODE', issuer: authority, ...change }).then(({ pem }) => pem);

  it('accepts a valid verification certificate and rejects other text', async () => {
    expect(() => checkProof('no certificate', authority.pem, 'CODE')).toThrow('not a valid X.509');
    const right = await proof({});
    expect(() => checkProof(right, authority.pem, 'CODE')).not.toThrow();
  });

  it.each([
    ['for another code', { commonName: 'CODE2' }, 'must be the verification code CODE'],
    ['for two codes', { subject: nameOf('CODE', 'X') }, 'CODE, but it is "CODE", "X"'],
    ['expired', { from: -3, until: -1 }, 'has expired'],
    ['not valid yet', { from: 1, until: 3 }, 'is not valid before'],
  ])('rejects a verification certificate that is %s', async (_, change, message) => {
    const wrong = await proof(change);
    expect(() => checkProof(wrong, authority.pem, 'CODE')).toThrow(message);
  });

  it('distinguishes a wrong key from a wrong issuer', async () => {
    const wrongKey = await proof({ issuer: other });
    expect(() => checkProof(wrongKey, authority.pem, 'CODE')).toThrow('not signed with the key of');
    const stranger = await makeCertificate({ commonName: 'Stranger', isAuthority: true });
    const wrongIssuer = await proof({ issuer: stranger });
    expect(() => checkProof(wrongIssuer, authority.pem, 'CODE')).toThrow('issued by "CN=Stranger"');
  });
});
