import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findDeviceCertificate, rollThumbprints } from '../../../src/core/certificate/deviceCertificate';
import { decodeFileText } from '../../../src/core/base/decodeFileText';
import { parseDeviceList, resultsCsv } from '../../../src/core/certificate/deviceList/index';
import { preflight, type PreflightRequest } from '../../../src/core/certificate/preflight/index';
import { readCertificateInfo, parseCertificate } from '../../../src/core/certificate/certificate';
import { type Device } from '../../../src/core/device/device';
import { aDevice, aHubCertificate, anIssuedCertificate } from '../../support/certificates';
import { makeCertificate, type TestCertificate } from '../../support/x509';

const caSigned = aDevice({ kind: 'certificateAuthority' });

describe('Device certificate selection', () => {
  const host = 'h.net';
  const own = anIssuedCertificate({ hubHostName: host, issuedAt: 5, id: 'own' });
  const choose = (device: Device, ...issued: (typeof own)[]) =>
    findDeviceCertificate(device, host, issued, 1_000)?.id;

  it('selects the newest certificate that was issued for the device and hub', () => {
    const newer = { ...own, id: 'newer', issuedAt: 9 };
    expect(choose(caSigned, own, newer)).toBe('newer');
    expect(choose(caSigned, own, { ...newer, deviceId: 'd2' })).toBe('own');
    expect(choose(caSigned, own, { ...newer, hubHostName: 'other.net' })).toBe('own');
  });

  it('does not select an expired certificate or one without a key', () => {
    const { keyFile: _, ...withoutKey } = own;
    expect(_).toBeDefined();
    expect(choose(caSigned, withoutKey)).toBeUndefined();
    expect(choose(caSigned, { ...own, notAfter: 999 })).toBeUndefined();
  });

  it('selects a certificate by either thumbprint and hash of the device', () => {
    const byThumbprint = (primaryThumbprint: string) =>
      aDevice({ kind: 'selfSigned', primaryThumbprint, secondaryThumbprint: '' });
    expect(choose(byThumbprint(own.sha256.toLowerCase()), own)).toBe('own');
    expect(choose(byThumbprint(own.sha1), own)).toBe('own');
    expect(choose(byThumbprint('F'.repeat(64)), own)).toBeUndefined();
  });

  it('selects no certificate for a device with symmetric keys', () => {
    expect(choose(aDevice({ kind: 'sas', primaryKey: '', secondaryKey: '' }), own)).toBeUndefined();
  });
});

describe('Thumbprint roll', () => {
  const thumbprint = fc.constantFrom('', 'A', 'B', 'C');

  it('keeps the thumbprint in use and always adds the new one', () => {
    fc.assert(
      fc.property(thumbprint, thumbprint, fc.boolean(), (primary, secondary, usesSecondary) => {
        const inUse = (usesSecondary ? secondary : primary) || primary || secondary;
        const rolled = rollThumbprints({ primary, secondary }, 'NEW', inUse || undefined);
        const places = [rolled.primary, rolled.secondary];
        expect(places).toContain('NEW');
        if (inUse !== '') expect(places).toContain(inUse);
      }),
    );
  });

  it('keeps the primary thumbprint if it is unknown which one is in use', () => {
    expect(rollThumbprints({ primary: 'A', secondary: 'B' }, 'NEW', undefined)).toEqual({
      primary: 'A',
      secondary: 'NEW',
    });
  });
});

describe('Device list', () => {
  const ids = (text: string) => parseDeviceList(text).lines.map(({ deviceId }) => deviceId);

  it('reads one device ID per line, or the first column of a CSV file', () => {
    expect(ids('a\nb\n\n// not this\nc')).toEqual(['a', 'b', 'c']);
    expect(ids('\uFEFFdeviceId;place\r\na;hall\r\n"b,1";roof\r\n')).toEqual(['a', 'b,1']);
    expect(ids('Device ID\ta\nx\ty')).toEqual(['x']);
  });

  it.each([
    ['sep=;\nDevice ID;Place\na;hall\nb;roof', ['a', 'b']],
    ['sep=,\r\na\r\nb\r\n', ['a', 'b']],
    ['"sep=;"\na,1;x', ['a,1']],
    ['SEP=\t\na;1\tx', ['a;1']],
    ['sep=|\na|1\nb|2', ['a', 'b']],
    ['"deviceId";"temperature"\r\n"a";"21,5"\r\n"b";"22,25"\r\n', ['a', 'b']],
    ['a;21,5\nb;22,5', ['a', 'b']],
    ['device_id,,,\na,,,\n,,,\nb,,,\n', ['a', 'b']],
    ['a\tx\t\t\nb\ty\t\t', ['a', 'b']],
  ])('reads what Excel writes: %j', (text, expected) => {
    expect(ids(text)).toEqual(expected);
    for (const encoded of [
      Buffer.from(`\uFEFF${text}`),
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    ])
      expect(ids(decodeFileText(encoded))).toEqual(expected);
  });

  it('numbers the lines of the file after the line with the separator', () => {
    expect(parseDeviceList('sep=;\nDevice ID;x\na b;1').lines).toMatchObject([{ line: 3 }]);
  });

  it.each([
    ['Serial Number\nsn-001\nsn-002', true],
    ['Geräte-ID;Standort\na;hall', true],
    ['设备编号\na\nb', true],
    ['Boiler\nboiler-1\nboiler-2\nboiler-3', true],
    ['x,temperature\na,21.5\nb,22', true],
    ['x;Temperatur\na;21,5\nb;22', true],
    ['DeviceName,Key\nd1,x', true],
    ['a\nb\nc', false],
    ['boiler-1\nboiler-2\npump-17', false],
    ['dev1\ngateway', false],
    ['a,1\nb,2', false],
    ['device-1\ndevice-2\ndevice-3', false],
    ['one', false],
    ['Device ID\na\nb', false],
  ])('of %j may have a heading: %s', (text, expected) => {
    expect(parseDeviceList(text).isFirstUnlike).toBe(expected);
  });

  it('reports the problem of each invalid line', () => {
    const { lines } = parseDeviceList('a\nb c\na\n');
    expect(lines.map(({ line, problem }) => [line, problem])).toEqual([
      [1, undefined],
      [2, expect.stringContaining('cannot contain spaces')],
      [3, 'Duplicate of line 1.'],
    ]);
  });

  it.each([
    ['', 'contains no device IDs'],
    ['deviceId\n', 'contains no device IDs'],
    ['a\0b', 'not a text file'],
    ['x\n'.repeat(100_001), 'more than 100,000 lines'],
  ])('rejects a file that is not a device list, case %$', (text, message) => {
    expect(() => parseDeviceList(text)).toThrow(message);
  });

  it('throws only IotErrors, whatever the file contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        try {
          for (const { line } of parseDeviceList(text).lines) expect(line).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'IotError' });
        }
      }),
    );
  });

  it('escapes spreadsheet formulas in the results file', () => {
    const csv = resultsCsv([{ deviceId: '=HYPERLINK("x")', status: 'failed', reason: 'a, "b"' }]);
    expect(csv.split('\r\n')[1]).toBe(`"'=HYPERLINK(""x"")",failed,,,,,"a, ""b"""`);
  });
});

describe('Preflight check of a device certificate', () => {
  let root: TestCertificate;
  let intermediate: TestCertificate;
  let leaf: TestCertificate;
  const onHub = (certificate: TestCertificate, isVerified: boolean) =>
    aHubCertificate({ name: 'ca', pem: certificate.pem, isVerified });
  const codes = (change: Partial<PreflightRequest>) =>
    preflight({
      device: caSigned,
      certificate: leaf.pem,
      hubCertificates: [onHub(root, true)],
      now: Date.now(),
      ...change,
    }).map(({ code, severity }) => `${severity} ${code}`);

  beforeAll(async () => {
    root = await makeCertificate({ commonName: 'Root', isAuthority: true, until: 900 });
    intermediate = await makeCertificate({
      commonName: 'Line 1',
      isAuthority: true,
      issuer: root,
      until: 800,
    });
    leaf = await makeCertificate({ commonName: 'd1', issuer: root, until: 300 });
  });

  it('finds no problems in a valid certificate', async () => {
    expect(codes({ key: { pem: leaf.keyPem } })).toEqual([]);
    const below = await makeCertificate({ commonName: 'd1', issuer: intermediate, until: 300 });
    expect(codes({ certificate: below.pem + intermediate.pem })).toEqual([]);
    // The hub may have the intermediate instead of the root, whether or not the device presents it.
    expect(codes({ certificate: below.pem, hubCertificates: [onHub(intermediate, true)] })).toEqual([]);
  });

  it('finds each problem that would make the hub refuse the certificate', async () => {
    const make = (change: Partial<Parameters<typeof makeCertificate>[0]>) =>
      makeCertificate({ commonName: 'd1', issuer: root, until: 300, ...change });
    const below = await make({ issuer: intermediate });
    const stranger = await make({});
    expect(codes({ certificate: (await make({ commonName: 'D1' })).pem })).toEqual(['error wrongCommonName']);
    expect(codes({ certificate: (await make({ isAuthority: true })).pem })).toEqual(['error isAuthority']);
    expect(codes({ certificate: (await make({ from: 1 })).pem })).toEqual(['error notYetValid']);
    expect(codes({ certificate: (await make({ from: -9, until: -1 })).pem })).toEqual(['error expired']);
    expect(codes({ certificate: (await make({ until: 20 })).pem })).toEqual(['warning expiresSoon']);
    expect(codes({ key: { pem: stranger.keyPem } })).toEqual(['error wrongKey']);
    expect(codes({ certificate: below.pem })).toEqual(['error chainIncomplete']);
    expect(codes({ hubCertificates: [] })).toEqual(['error chainIncomplete']);
    expect(codes({ hubCertificates: [onHub(root, false)] })).toEqual(['error chainNotVerified']);
    expect(codes({ hubCertificates: undefined })).toEqual(['unknown chainUnknown']);
    expect(codes({ device: { ...caSigned, isEnabled: false } })).toEqual(['error deviceDisabled']);
    const old = await makeCertificate({ commonName: 'Old', isAuthority: true, from: -9, until: -1 });
    expect(
      codes({ certificate: (await make({ issuer: old })).pem, hubCertificates: [onHub(old, true)] }),
    ).toEqual(['error authorityExpired']);
  });

  it('compares thumbprints instead of chains for a thumbprint device', () => {
    const { sha256 } = readCertificateInfo(parseCertificate(leaf.pem));
    const byThumbprint = (primaryThumbprint: string) =>
      aDevice({ kind: 'selfSigned', primaryThumbprint, secondaryThumbprint: '' });
    expect(codes({ device: byThumbprint(sha256), hubCertificates: undefined })).toEqual([]);
    expect(codes({ device: byThumbprint('A'.repeat(64)) })).toEqual(['error wrongThumbprint']);
  });
});
