import { describe, expect, it } from 'vitest';
import { readPathCertificate } from '../../../src/certificatePath/certificate';
import { UnreadableCertificateError } from '../../../src/certificatePath/faults';
import { findPath, readAuthority } from '../../../src/certificatePath/index';
import { Random } from '../../fuzz/random';
import { bits, sequence, tlv } from '../../support/der';
import { commonName, extensionOf, extensions, generalName } from '../../support/derCertificate';
import { makeIntermediate, makeLeaf, makeRoot, testTime } from '../../support/derChain';
import { generateChains } from './support/generate';

const usable = makeRoot();
const seed = 15;

/** Reads bytes in every way in which certificates reach the hub. */
function readEverywhere(der: Buffer): void {
  try {
    readPathCertificate(der);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableCertificateError);
  }
  const authorities = [readAuthority('odd', der, true), readAuthority('ca', usable.der, true)];
  const request = { deviceId: 'device', authorities, now: testTime };
  findPath({ ...request, presented: [der, der] }, true);
  // Whatever else is presented or on the hub, a valid device is accepted.
  expect(findPath({ ...request, presented: [makeLeaf(usable).der, der] }).anchor?.name).toBe('ca');
}

describe('A malformed certificate', () => {
  it('that was changed in a few bytes causes no other error than a fault', () => {
    const random = new Random('malformed certificates', seed);
    const originals = generateChains(0, String(seed)).flatMap(({ leaf, anchor }) => [leaf, anchor ?? leaf]);
    for (let i = 0; i < 3_000; i++) {
      const der = random.corrupt(random.pick(originals));
      try {
        readPathCertificate(der);
      } catch (error) {
        expect(error, der.toString('hex')).toBeInstanceOf(UnreadableCertificateError);
      }
      findPath(
        { deviceId: 'device', presented: [der], authorities: [readAuthority('a', der, true)], now: testTime },
        true,
      );
    }
  });

  it('that is cut off anywhere causes no other error than a fault', () => {
    const { der } = makeLeaf(usable);
    for (let length = 0; length < der.length; length++) {
      expect(() => readPathCertificate(der.subarray(0, length))).toThrow(UnreadableCertificateError);
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['random bytes', new Random('bytes', seed).bytes(2_000)],
    ['a length of 4 GB', Buffer.from('3084ffffffff', 'hex')],
    ['an indefinite length', Buffer.from('30800000', 'hex')],
    [
      'deeply nested values',
      Array.from({ length: 8_000 }).reduce<Buffer>((inner) => sequence(inner), sequence()),
    ],
    ['more than 32 KiB', tlv(0x30, Buffer.alloc(40_000))],
    ['bit strings only', sequence(bits(Buffer.of(1)), bits(Buffer.of(1)), bits(Buffer.of(1)))],
    [
      'an extension with deeply nested values',
      makeRoot({
        extensions: [
          extensions.basicConstraints(true),
          extensionOf(
            '2.5.29.32',
            Array.from({ length: 5_000 }).reduce<Buffer>((inner) => sequence(inner), sequence()),
          ),
        ],
      }).der,
    ],
  ])('with %s does not affect others', (_, der) => {
    readEverywhere(der);
  });
});

describe('A chain that is expensive to validate', () => {
  it('because of very many names and constraints is refused after a limited number of comparisons', () => {
    const name = (i: number): Buffer => generalName.dns(`a${i}.test`);
    const many = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => name(i));
    const constraints = extensions.nameConstraints({ permitted: many(1_500) });
    const intermediate = makeIntermediate(usable, {
      extensions: [extensions.basicConstraints(true), constraints],
    });
    const leaf = makeLeaf(intermediate, { extensions: [extensions.alternativeNames(...many(1_500))] });
    const { pathFault, anchor } = findPath({
      deviceId: 'device',
      presented: [leaf.der, intermediate.der],
      authorities: [readAuthority('ca', usable.der, true)],
      now: testTime,
    });
    expect({ code: pathFault?.code, anchor }).toEqual({ code: 'tooManyPaths', anchor: undefined });
  });

  it('because each certificate could have issued each other is refused after a limited number of signatures', () => {
    const same = Array.from({ length: 9 }, () =>
      makeIntermediate(usable, {
        subject: commonName('Same'),
        issuer: commonName('Same'),
        signer: makeLeaf(usable).spec.key,
        key: makeLeaf(usable).spec.key,
      }),
    );
    const leaf = makeLeaf(usable, { issuer: commonName('Same'), signer: makeLeaf(usable).spec.key });
    let signatures = 0;
    const presented = [leaf, ...same].map(({ der }) => der);
    const certificate = readPathCertificate(leaf.der);
    const prototype = Object.getPrototypeOf(certificate.node) as { verify: (...args: unknown[]) => boolean };
    const { verify } = prototype;
    prototype.verify = function (this: unknown, ...args) {
      signatures += 1;
      return verify.apply(this, args);
    };
    try {
      const { pathFault } = findPath({ deviceId: 'device', presented, authorities: [], now: testTime });
      expect(pathFault?.code).toBe('tooManyPaths');
    } finally {
      prototype.verify = verify;
    }
    expect(signatures).toBeGreaterThan(9);
    expect(signatures).toBeLessThanOrEqual(64);
  });
});
