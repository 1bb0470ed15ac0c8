import { describe, expect, it } from 'vitest';
import { findPath, readAuthority } from '../../../src/certificatePath/index';
import { testTime } from '../../support/derChain';
import { generateChains, type GeneratedChain } from './support/generate';
import { intendedDifferences } from './support/intendedDifferences';
import { opensslVersion, verifyWithOpenssl } from './support/opensslVerify';

/** More than by default, with another seed: `IOT_HUB_WORKBENCH_CHAINS=20000:seed`. */
const [count = '', seed = 'chains'] = (process.env['IOT_HUB_WORKBENCH_CHAINS'] ?? '2400').split(':');
const missing = /^OpenSSL 3\./.test(opensslVersion)
  ? ''
  : ` (skipped: it compares with OpenSSL 3, and this system has ${opensslVersion || 'no OpenSSL'})`;

/** `OK`, or the code of the fault. */
function verdictOf({ deviceId, leaf, presented, anchor }: GeneratedChain): string {
  const { leafFaults, pathFault } = findPath({
    deviceId,
    presented: [leaf, ...presented],
    authorities: anchor ? [readAuthority('ca', anchor, true)] : [],
    now: testTime,
  });
  return (leafFaults[0] ?? pathFault)?.code ?? 'OK';
}

describe.skipIf(missing !== '')(`Path validation${missing}`, () => {
  it('agrees with `openssl verify`, but for the differences in the table', async () => {
    const chains = generateChains(Number(count), seed);
    const expected = await verifyWithOpenssl(chains);
    const occurred = new Set<string>();
    const unexplained: string[] = [];
    let accepted = 0;
    for (const [at, chain] of chains.entries()) {
      const [ours, theirs = ''] = [verdictOf(chain), expected[at]];
      expect(theirs, chain.mutations.join(', ')).not.toMatch(/^not verified/);
      if (ours === 'OK') accepted += 1;
      if ((ours === 'OK') === (theirs === 'OK')) continue;
      const by = ours === 'OK' ? 'hub' : 'openssl';
      const difference = intendedDifferences.find(
        (one) => one.accepted === by && chain.mutations.some((name) => one.mutation.test(name)),
      );
      if (difference) occurred.add(difference.reason);
      else unexplained.push(`hub: ${ours}, OpenSSL: ${theirs}, chain: ${chain.mutations.join(' + ')}`);
    }
    expect(unexplained).toEqual([]);
    expect(intendedDifferences.map(({ reason }) => reason).filter((reason) => !occurred.has(reason))).toEqual(
      [],
    );
    expect(chains.length).toBeGreaterThan(2_000);
    // Neither most nor few: a test of chains that are all refused would show nothing.
    expect(accepted / chains.length).toBeGreaterThan(0.2);
    expect(accepted / chains.length).toBeLessThan(0.8);
  });
});
