import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CertificateWithKey, type Issuer } from '../../../../src/core/certificate/certificateWork';
import { certificateEngine } from '../../../../src/core/x509/index';

export const day = 24 * 60 * 60 * 1000;

/** Few key derivation iterations, to keep tests fast. */
export const engine = certificateEngine(1000);

export const issuerOf = ({ certificate, key }: CertificateWithKey, passphrase?: string): Issuer => ({
  certificate,
  key: { pem: key, passphrase },
});

/** Writes a device certificate and its key as `d.pem` and `d.key`. */
export async function writeDevice(openssl: OpenSsl): Promise<CertificateWithKey> {
  const device = await engine.issueDevice({ deviceId: 'd', keyType: 'ec-p256', days: 9, now: Date.now() });
  openssl.write('d.pem', device.certificate);
  openssl.write('d.key', device.key);
  return device;
}

/** Runs openssl in a temporary folder of one test file. */
export class OpenSsl {
  readonly folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'iot-hub-workbench-openssl-'));

  /** @throws with the output of openssl if it fails */
  run(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: this.folder, encoding: 'utf8' });
    if (status === 0) return stdout;
    throw new Error(`openssl ${args.join(' ')}: ${stderr}${stdout}`);
  }

  /** Runs a command line whose arguments contain no spaces. */
  line(text: string): string {
    return this.run(...text.split(' '));
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(path.join(this.folder, name), content);
    return name;
  }

  read(name: string): Buffer {
    return readFileSync(path.join(this.folder, name));
  }

  text(name: string): string {
    return this.read(name).toString('utf8');
  }

  describe(certificate: string, ...options: string[]): string {
    return this.run('x509', '-in', this.write('described.pem', certificate), '-noout', '-text', ...options);
  }

  /** @param chain issuers, root last. */
  verify(certificate: string, chain: readonly string[]): string {
    this.write('root.pem', chain.at(-1) ?? certificate);
    this.write('untrusted.pem', chain.slice(0, -1).join(''));
    this.write('leaf.pem', certificate);
    const untrusted = chain.length > 1 ? ['-untrusted', 'untrusted.pem'] : [];
    return this.run('verify', '-x509_strict', '-CAfile', 'root.pem', ...untrusted, 'leaf.pem').trim();
  }

  /** DER of the public key, to compare. */
  publicKeyOf(key: string, passphrase = ''): string {
    const file = this.write('key.pem', key);
    return this.run('pkey', '-in', file, '-passin', `pass:${passphrase}`, '-pubout');
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
