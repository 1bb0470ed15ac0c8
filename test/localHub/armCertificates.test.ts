import 'reflect-metadata';
import fs from 'node:fs';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type TestCertificate } from '../support/x509';
import { openDatabase } from '../../src/localHub/state/database';
import {
  armClientOf,
  attemptConnect,
  createCertificateDevice,
  hubPath,
  uploadAuthority,
} from './support/certificates';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';

let hub: TestHub;
let authority: TestCertificate;

beforeAll(async () => {
  hub = await startTestHub();
  authority = await makeCertificate({ commonName: 'Factory CA', isAuthority: true });
});
afterAll(() => hub.close());

const put = (name: string, certificate: string, ifMatch?: string) =>
  armClientOf(hub.endpoints).certificates.createOrUpdate(
    ...hubPath,
    name,
    { properties: { certificate } },
    ifMatch === undefined ? {} : { ifMatch },
  );

describe('CA certificates in ARM', () => {
  it('are accepted in PEM, DER and Base64 and returned as uploaded', async () => {
    const forms = {
      der: Buffer.from(authority.certificate.rawData).toString('base64'),
      // `az` and the Azure portal send the bytes of a PEM file.
      file: Buffer.from(authority.pem).toString('base64'),
      pem: authority.pem,
    };
    for (const [name, form] of Object.entries(forms)) {
      const { properties } = await put(`form-${name}`, form);
      const returned = Buffer.from(properties?.certificate ?? '', 'base64');
      expect(
        returned.includes('BEGIN CERTIFICATE') || returned.equals(Buffer.from(forms.der, 'base64')),
      ).toBe(true);
      expect(properties).toMatchObject({ subject: 'CN=Factory CA', isVerified: false });
      expect(properties?.thumbprint).toMatch(/^[0-9A-F]{40}$/);
      expect(properties?.expiry?.getTime()).toBeGreaterThan(Date.now());
    }
  });

  it('are changed only with a current ETag, which every change renews', async () => {
    const { certificates } = armClientOf(hub.endpoints);
    const first = await put('tagged', authority.pem);
    await expect(put('TAGGED', authority.pem)).rejects.toMatchObject({ statusCode: 412, code: 412001 });
    const second = await put('tagged', authority.pem, first.etag);
    expect(second.etag).not.toBe(first.etag);
    const withCode = await certificates.generateVerificationCode(...hubPath, 'tagged', second.etag ?? '');
    expect(withCode.properties?.verificationCode).toMatch(/^[0-9A-F]{48}$/);
    expect(withCode.etag).not.toBe(second.etag);
    await expect(
      certificates.verify(...hubPath, 'tagged', second.etag ?? '', { certificate: authority.pem }),
    ).rejects.toMatchObject({ statusCode: 412 });
    await expect(certificates.delete(...hubPath, 'tagged', second.etag ?? '')).rejects.toMatchObject({
      statusCode: 412,
    });
    await certificates.delete(...hubPath, 'tagged', withCode.etag ?? '');
    await certificates.delete(...hubPath, 'tagged', '*');
    await expect(certificates.get(...hubPath, 'tagged')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });

  it('are refused with a reason if they are not valid', async () => {
    const expired = await makeCertificate({ commonName: 'Old', isAuthority: true, from: -9, until: -1 });
    const device = await makeCertificate({ commonName: 'd1' });
    const small = await makeCertificate({ commonName: 'Small', isAuthority: true, keyKind: 'RSA-1024' });
    const unreadable = new x509.Extension('1.3.6.1.5.5.7.1.1', false, Buffer.from('?'));
    const odd = await makeCertificate({ commonName: 'Odd', isAuthority: true, extensions: [unreadable] });
    for (const [certificate, message] of [
      [expired.pem, /expired on/],
      [device.pem, /CA:FALSE|not a certificate authority/],
      [small.pem, /RSA key of 'CN=Small' has only 1024 bits/],
      [odd.pem, /extension 'authority information access' of 'CN=Odd' cannot be parsed/],
      ['bm90aGluZw==', /not an X\.509 certificate/],
    ] as const) {
      await expect(put('bad', certificate)).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringMatching(message) as unknown,
      });
    }
    await expect(put('bad name!', authority.pem)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('with a private key are refused, and the key is not stored', async () => {
    await expect(put('careless', authority.pem + authority.keyPem)).rejects.toThrow(/private key/);
    const secret = authority.keyPem.split('\n')[1] ?? 'none';
    const files = fs.readdirSync(hub.dataFolder, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { name } of files) {
      expect(fs.readFileSync(path.join(hub.dataFolder, name), 'latin1')).not.toContain(secret);
    }
    expect(hub.logLines.join('\n')).not.toContain(secret);
  });

  it('require a bearer token', async () => {
    await expect(
      armClientOf(hub.endpoints, 'guessed').certificates.listByIotHub(...hubPath),
    ).rejects.toMatchObject({ statusCode: 401 });
  });

  it('keep their verification state after a restart', async () => {
    const dataFolder = makeTemporaryFolder();
    const first = await startTestHub({ dataFolder });
    await uploadAuthority(first, 'kept', authority.pem);
    await first.close();
    const second = await startTestHub({ dataFolder });
    try {
      const { value } = await armClientOf(second.endpoints).certificates.listByIotHub(...hubPath);
      expect(value?.map(({ name, properties }) => [name, properties?.isVerified])).toEqual([['kept', true]]);
    } finally {
      await second.close();
      fs.rmSync(dataFolder, { recursive: true, force: true });
    }
  });

  it('that no device could use, stored by an earlier version, are named in the log and affect no other device', async () => {
    const dataFolder = makeTemporaryFolder();
    const first = await startTestHub({ dataFolder });
    await uploadAuthority(first, 'good', authority.pem);
    await uploadAuthority(first, 'odd', authority.pem);
    await createCertificateDevice(first, 'device');
    await first.close();
    const unreadable = new x509.Extension('1.3.6.1.5.5.7.1.1', false, Buffer.from('?'));
    const odd = await makeCertificate({ commonName: 'Odd', isAuthority: true, extensions: [unreadable] });
    const sql = await openDatabase(dataFolder);
    const json = String(sql.prepare("SELECT json FROM certificate WHERE id = 'odd'").all()[0]?.['json']);
    const der = Buffer.from(odd.certificate.rawData).toString('base64');
    sql
      .prepare("UPDATE certificate SET json = ? WHERE id = 'odd'")
      .run(JSON.stringify({ ...(JSON.parse(json) as object), der }));
    sql.close();
    const second = await startTestHub({ dataFolder });
    try {
      const own = await makeCertificate({ commonName: 'device', issuer: authority });
      for (let i = 0; i < 2; i++) {
        const presentation = { certificates: [own.pem], keyPem: own.keyPem };
        const { returnCode, close } = await attemptConnect(second, 'device', presentation);
        close();
        expect(returnCode, second.logLines.join('\n')).toBe(0);
      }
      expect(second.logLines.filter((line) => line.includes("'odd'"))).toEqual([
        expect.stringMatching(
          /The CA certificate 'odd' is not used: the extension 'authority information access' of 'CN=Odd' cannot be parsed\.$/,
        ),
      ]);
    } finally {
      await second.close();
      fs.rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});
