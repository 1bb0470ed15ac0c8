import * as l10n from '@vscode/l10n';
import {
  type CertificateBundle,
  type CertificateWork,
  type PrivateKey,
} from '../certificate/certificateWork';
import { parseCertificate } from '../certificate/certificate';
import { IotError } from '../errors';
import { type CertificateFile, readBundle } from './bundle';
import { createAuthority, createRequest, issueDevice, issueVerification } from './issue';
import { encryptedPem, keyPem, openKey } from './keys';
import { defaultRounds } from './pbe';
import { writePkcs12 } from './pkcs12/write';

type Method = Exclude<keyof CertificateWork, 'issueDevices'>;
type Arguments<M extends Method> = Parameters<CertificateWork[M]> extends [...infer All] ? All : never;

/** {@link CertificateWork} without issuing many; it blocks, so it runs on a worker thread. */
export type CertificateEngine = {
  readonly [M in Method]: (...args: Arguments<M>) => Promise<Awaited<ReturnType<CertificateWork[M]>>>;
};

/** @param rounds PBKDF2 iterations for every encrypted key */
export const certificateEngine = (rounds: number = defaultRounds): CertificateEngine => ({
  createAuthority: (request) => createAuthority(request, rounds),
  issueDevice: (request) => issueDevice(request, rounds),
  issueVerification,
  createRequest,
  unlockKey: async (key: PrivateKey) => keyPem(openKey(key), undefined, rounds),
  lockKey: async (plainKey, passphrase) => encryptedPem(openKey({ pem: plainKey }), passphrase, rounds),
  readFiles: async (files: readonly CertificateFile[], passphrase): Promise<CertificateBundle> =>
    readBundle(files, passphrase),
  readCertificates: async (files: readonly CertificateFile[], passphrase): Promise<CertificateBundle> =>
    readBundle(files, passphrase, 'certificates'),
  exportPkcs12: async (request) => {
    const certificate = parseCertificate(request.certificate);
    const key = openKey(request.key);
    if (!certificate.checkPrivateKey(key)) {
      throw new IotError(
        'invalidInput',
        l10n.t('The private key does not belong to the exported certificate.'),
      );
    }
    const chain = request.chain.map(parseCertificate);
    return writePkcs12({ ...request, certificate, chain, key, rounds });
  },
});
