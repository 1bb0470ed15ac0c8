import { createHash, createHmac, type KeyObject, randomBytes, type X509Certificate } from 'node:crypto';
import {
  type Asn1,
  bmpString,
  integer,
  nullValue,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedOctets,
  toDer,
} from '../asn1';
import { encryptedKeyInfo } from '../keys';
import { bmpPassword, encrypt, pkcs12Key } from '../pbe';
import { parseDer } from '../asn1';
import { ids } from './parts';

export interface Pkcs12Request {
  readonly certificate: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly passphrase: string;
  readonly friendlyName: string;
  readonly rounds: number;
}

/**
 * A PKCS#12 file (RFC 7292) with AES-256-CBC, PBKDF2 and HMAC-SHA256 throughout, which OpenSSL 3, Windows 10
 * 1709 and macOS 15 can open. forge supports only RSA keys and a SHA-1 MAC.
 */
export function writePkcs12(request: Pkcs12Request): Buffer {
  const { certificate, chain, key, passphrase, friendlyName, rounds } = request;
  const localKeyId = attribute(ids.localKeyId, octets(createHash('sha1').update(certificate.raw).digest()));
  const name = friendlyName === '' ? [] : [attribute(ids.friendlyName, bmpString(friendlyName))];
  const own = set(localKeyId, ...name);
  const certificates = sequence(
    bag(ids.certificateBag, certificateValue(certificate), own),
    ...chain.map((issuer) => bag(ids.certificateBag, certificateValue(issuer))),
  );
  const plainKey = key.export({ type: 'pkcs8', format: 'der' });
  const keys = sequence(
    bag(ids.shroudedKeyBag, parseDer(encryptedKeyInfo(plainKey, passphrase, rounds)), own),
  );
  const authenticated = toDer(
    sequence(encryptedContent(toDer(certificates), passphrase, rounds), plainContent(toDer(keys))),
  );
  return toDer(sequence(integer(3), plainContent(authenticated), macOf(authenticated, passphrase, rounds)));
}

const bag = (id: string, value: Asn1, attributes?: Asn1): Asn1 =>
  sequence(oid(id), tagged(0, value), ...(attributes ? [attributes] : []));

const certificateValue = ({ raw }: X509Certificate): Asn1 =>
  sequence(oid(ids.x509Certificate), tagged(0, octets(raw)));

const attribute = (id: string, value: Asn1): Asn1 => sequence(oid(id), set(value));

const plainContent = (content: Uint8Array): Asn1 => sequence(oid(ids.data), tagged(0, octets(content)));

function encryptedContent(content: Uint8Array, passphrase: string, rounds: number): Asn1 {
  const { algorithm, data } = encrypt(content, passphrase, rounds);
  const info = sequence(oid(ids.data), algorithm, taggedOctets(0, data));
  return sequence(oid(ids.encryptedData), tagged(0, sequence(integer(0), info)));
}

/** As many iterations as for the key, so that the MAC is not easier to attack. */
function macOf(authenticated: Uint8Array, passphrase: string, rounds: number): Asn1 {
  const salt = randomBytes(16);
  const key = pkcs12Key('sha256', bmpPassword(passphrase), salt, rounds, 3, 32);
  const mac = createHmac('sha256', key).update(authenticated).digest();
  return sequence(
    sequence(sequence(oid(ids.sha256), nullValue()), octets(mac)),
    octets(salt),
    integer(rounds),
  );
}
