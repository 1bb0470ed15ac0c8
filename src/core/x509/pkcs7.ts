import { type Asn1, child, children, isContext, isOid, oidOf, toDer } from './asn1';

const signedData = '1.2.840.113549.1.7.2';

/** DER of the certificates in PKCS#7 (RFC 2315, 9.1), as in `.p7b` files; `undefined` if it is something else. */
export function certificatesOfPkcs7(value: Asn1): Buffer[] | undefined {
  const [type, content] = children(value);
  if (!isOid(type) || !content || !isContext(content, 0)) return undefined;
  if (oidOf(type) !== signedData) return undefined;
  const certificates = children(child(content, 0)).find((part) => isContext(part, 0));
  return certificates ? children(certificates).map(toDer) : [];
}
