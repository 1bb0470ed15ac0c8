import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateWithKey } from '../../../src/core/certificate/certificateWork';
import { engine, issuerOf, OpenSsl } from './support/openssl';

const openssl = new OpenSsl();
afterAll(() => openssl.dispose());

let root: CertificateWithKey;
let leaf: CertificateWithKey;

beforeAll(async () => {
  const now = Date.now();
  root = await engine.createAuthority({ subject: { commonName: 'Root' }, keyType: 'ec-p256', days: 9, now });
  leaf = await engine.issueDevice({
    deviceId: 'd',
    keyType: 'ec-p256',
    days: 9,
    now,
    issuer: issuerOf(root),
  });
  openssl.write('root.pem', root.certificate);
  openssl.write('leaf.pem', leaf.certificate);
  openssl.write('leaf.key', leaf.key);
});

const file = (name: string, content: string | Uint8Array) => ({
  name,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
});
const read = (content: string | Uint8Array, passphrase?: string) =>
  engine.readFiles([file('some.file', content)], passphrase);
const both = () => leaf.certificate + leaf.key;

describe('A PEM file', () => {
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  it.each<[string, (pem: string) => string | Buffer]>([
    ['with line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
    ['with line ends of old Macs', (pem) => pem.replaceAll('\n', '\r')],
    ['with indentation', (pem) => pem.replace(/^/gm, '    ')],
    ['with tabs and trailing spaces', (pem) => pem.replace(/^(.*)$/gm, '\t$1  ')],
    ['with a byte order mark', (pem) => `\uFEFF${pem}`],
    ['in UTF-16 LE', (pem) => Buffer.from(`\uFEFF${pem}`, 'utf16le')],
    ['in UTF-16 BE', (pem) => utf16be(`\uFEFF${pem}`)],
    ['in UTF-16 LE without a byte order mark', (pem) => Buffer.from(pem, 'utf16le')],
    ['in UTF-16 BE without a byte order mark', (pem) => utf16be(pem)],
    [
      'with text before, between and after',
      (pem) => `Bag Attributes\n  ä: 1\n${pem.replaceAll('-----\n', '-----\n')}\nend`,
    ],
    ['as a JSON string', (pem) => JSON.stringify(pem)],
    ['as a quoted mail', (pem) => pem.replace(/^/gm, '> ')],
    [
      'with the content on one line',
      (pem) =>
        pem
          .replace(/\n(?!-----(?:BEGIN|END))/g, '')
          .replace(/-----(?=[A-Za-z0-9+/])(?!BEGIN|END)/g, '-----\n'),
    ],
    ['with older labels', (pem) => pem.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE')],
  ])('%s is read', async (_, change) => {
    expect(await read(change(both()))).toEqual({ ...leaf, chain: [] });
  });

  it('with a trusted certificate of openssl is read', async () => {
    openssl.line('x509 -in root.pem -trustout -addtrust clientAuth -setalias x -out trusted.pem');
    expect(openssl.text('trusted.pem')).toContain('TRUSTED CERTIFICATE');
    expect(await read(openssl.read('trusted.pem'))).toEqual({ certificate: root.certificate, chain: [] });
  });

  it('without its end is named', async () => {
    await expect(read(root.certificate.slice(0, 200))).rejects.toThrow(
      '"some.file" is incomplete: a line that starts with "-----END" is missing.',
    );
  });
});

describe('Certificates', () => {
  it.each(['PEM', 'DER'])('in PKCS#7, %s, are read', async (form) => {
    openssl.line(`crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -outform ${form} -out all.p7b`);
    const key = file('leaf.key', leaf.key);
    const bundle = { ...leaf, chain: [root.certificate] };
    expect(await engine.readFiles([file('all.p7b', openssl.read('all.p7b')), key])).toEqual(bundle);
    openssl.line(`crl2pkcs7 -nocrl -outform ${form} -out none.p7b`);
    await expect(read(openssl.read('none.p7b'))).rejects.toThrow(
      'The PKCS#7 file "some.file" contains no certificates.',
    );
  });

  it('in DER or in Base64 without PEM lines are read', async () => {
    openssl.line('x509 -in leaf.pem -outform der -out leaf.der');
    const expected = { certificate: leaf.certificate, chain: [] };
    expect(await read(openssl.read('leaf.der'))).toEqual(expected);
    expect(await read(openssl.read('leaf.der').toString('base64'))).toEqual(expected);
    expect(await read(leaf.certificate.replace(/-----.*-----\n/g, ''))).toEqual(expected);
  });

  it('alone are read from a file whose key is encrypted', async () => {
    const locked = await engine.lockKey(leaf.key, 'secret');
    const expected = { certificate: leaf.certificate, chain: [] };
    expect(await engine.readCertificates([file('a.pem', leaf.certificate + locked)])).toEqual(expected);
    openssl.line('pkcs12 -export -in leaf.pem -inkey leaf.key -out leaf.p12 -passout pass:x');
    const p12 = [file('leaf.p12', openssl.read('leaf.p12'))];
    await expect(engine.readCertificates(p12)).rejects.toMatchObject({ code: 'wrongPassphrase' });
    expect(await engine.readCertificates(p12, 'x')).toEqual(expected);
    await expect(engine.readCertificates([file('a.key', locked)])).rejects.toThrow(
      'No certificate was found in "a.key".',
    );
  });
});

describe('An encrypted key', () => {
  it.each(['aria-256-cbc', 'camellia-128-cbc', 'camellia-256-cbc', 'aria-128-cbc', 'sm4-cbc', 'des3'])(
    'is opened if the crypto library supports %s',
    async (cipher) => {
      openssl.line(`pkcs8 -topk8 -in leaf.key -v2 ${cipher} -passout pass:secret -out a.key`);
      expect(await read(leaf.certificate + openssl.text('a.key'), 'secret')).toEqual({ ...leaf, chain: [] });
      openssl.line(`ec -in leaf.key -${cipher} -passout pass:secret -out b.key`);
      expect(openssl.text('b.key')).toContain('DEK-Info');
      expect(await read(leaf.certificate + openssl.text('b.key'), 'secret')).toEqual({ ...leaf, chain: [] });
    },
  );

  it('is opened if its passphrase is empty', async () => {
    openssl.run(
      'pkcs8',
      '-topk8',
      '-in',
      'leaf.key',
      '-v2',
      'aes256',
      '-passout',
      'pass:',
      '-out',
      'empty.key',
    );
    expect(await read(leaf.certificate + openssl.text('empty.key'))).toEqual({ ...leaf, chain: [] });
  });

  it.each([
    ['a PKCS#8 key with IDEA', 'IDEA-CBC', '2b06010401813c07010102'],
    ['a PKCS#8 key with SEED', 'SEED-CBC', '2a831a8c9a440104'],
  ])('names the cipher of %s', async (_, name, oid) => {
    openssl.line('pkcs8 -topk8 -in leaf.key -v2 aes-256-cbc -passout pass:secret -outform der -out a.der');
    const der = openssl.read('a.der');
    const aes = Buffer.from('060960864801650304012a', 'hex');
    const at = der.indexOf(aes);
    // The object identifier of another cipher; what its bytes are short of is added to the lengths around it.
    const other = Buffer.concat([Buffer.from([6, oid.length / 2]), Buffer.from(oid, 'hex')]);
    const patched = Buffer.concat([der.subarray(0, at), other, der.subarray(at + aes.length)]);
    const change = other.length - aes.length;
    for (const [position, byte] of patched.subarray(0, at).entries()) {
      const isLength = patched[position - 1] === 0x30 && byte < 0x80;
      const end = position + 1 + byte;
      if (isLength && end >= at + aes.length) patched[position] = byte + change;
      if (patched[position - 2] === 0x30 && patched[position - 1] === 0x81) patched[position] = byte + change;
    }
    await expect(read(patched, 'secret')).rejects.toMatchObject({
      code: 'unsupported',
      message: `"some.file": It is encrypted with ${name}, which is not supported. Convert a copy of it with openssl, for example to AES-256-CBC.`,
    });
  });

  it('in the traditional format names its cipher', async () => {
    openssl.line('ec -in leaf.key -aes256 -passout pass:secret -out a.key');
    const idea = openssl.text('a.key').replace('AES-256-CBC', 'IDEA-CBC');
    await expect(read(leaf.certificate + idea, 'secret')).rejects.toThrow(
      '"some.file": It is encrypted with IDEA-CBC, which is not supported.',
    );
  });
});

describe('A file of another kind is named with what to do', () => {
  it('a certificate signing request', async () => {
    openssl.line('req -new -key leaf.key -subj /CN=x -out a.csr');
    openssl.line('req -in a.csr -outform der -out a.csr.der');
    const expected =
      '"some.file" is a certificate signing request (CSR). Select the certificate that was issued for it.';
    await expect(read(openssl.read('a.csr'))).rejects.toThrow(expected);
    await expect(read(openssl.read('a.csr.der'))).rejects.toThrow(expected);
    await expect(read(openssl.text('a.csr').replaceAll('CERT', 'NEW CERT'))).rejects.toThrow(expected);
  });

  it('a public key', async () => {
    openssl.line('pkey -in leaf.key -pubout -out a.pub');
    openssl.line('pkey -in leaf.key -pubout -outform der -out a.pub.der');
    const expected = '"some.file" is a public key. Select a certificate or a private key.';
    await expect(read(openssl.read('a.pub'))).rejects.toThrow(expected);
    await expect(read(openssl.read('a.pub.der'))).rejects.toThrow(expected);
  });

  it.each<[string, string | Buffer, RegExp]>([
    [
      'OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n',
      /^The private key in "some\.file" is in OpenSSH format\. Convert a copy of it first: ssh-keygen -p -m PKCS8 -f FILE$/,
    ],
    [
      'public key of SSH',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI a@b',
      /^"some\.file" is a public key of SSH\./,
    ],
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: none\r\n',
      /^"some\.file" is a private key of PuTTY\. .*PuTTYgen.*ssh-keygen/,
    ],
    [
      'JKS',
      Buffer.from('feedfeed0000000200000001', 'hex'),
      /^"some\.file" is a Java keystore\. Convert it to PKCS#12 first: keytool -importkeystore/,
    ],
    ['JCEKS', Buffer.from('cececece0000000200000001', 'hex'), /^"some\.file" is a Java keystore\./],
    [
      'a revocation list',
      '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n',
      /^"some\.file" contains "X509 CRL"\. Select a certificate or a private key/,
    ],
    [
      'PGP',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n',
      /^"some\.file" contains "PGP PRIVATE KEY BLOCK"\./,
    ],
    ['nothing', '', /^"some\.file" is empty\.$/],
    ['text', 'hello', /^"some\.file" is not a readable certificate, private key, or PKCS#12 file\.$/],
  ])('%s', async (_, content, expected) => {
    await expect(read(content)).rejects.toMatchObject({
      name: 'IotError',
      code: 'invalidInput',
      message: expect.stringMatching(expected) as string,
    });
  });
});
