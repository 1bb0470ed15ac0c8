import { Random } from '../../../fuzz/random';
import { draftChain, issueChain, type Chain } from './chain';
import { levelsOf, mutations, type Mutation } from './mutations';

export interface GeneratedChain extends Chain {
  readonly id: number;
  /** The mutations, each with the level of the certificate: 0 is the authority. */
  readonly mutations: readonly string[];
}

/** Each mutation at each level of a chain with `intermediates`, which are the same in each run. */
function single(intermediates: number): [Mutation, number][] {
  return mutations.flatMap((mutation) =>
    levelsOf(mutation, intermediates + 2).map((level): [Mutation, number] => [mutation, level]),
  );
}

function generate(
  id: number,
  intermediates: number,
  list: readonly [Mutation, number][],
  random: Random,
): GeneratedChain {
  const draft = draftChain(id, intermediates);
  for (const [mutation, level] of list) mutation.apply(draft, level, random);
  return {
    ...issueChain(draft),
    id,
    mutations: list.map(([{ name }, level]) => `${name} @${level} of ${intermediates + 1}`),
  };
}

/**
 * Chains with no mutation, with each mutation alone at each level, and with two to four of them. The same seed generates the same
 * chains, except for keys and signatures.
 */
export function generateChains(count: number, seed: string): GeneratedChain[] {
  const random = new Random('chains', seed);
  const chains: GeneratedChain[] = [];
  const alone = [0, 1, 2].flatMap((intermediates) =>
    single(intermediates).map((one) => [intermediates, [one]] as const),
  );
  for (const intermediates of [0, 1, 2, 3]) chains.push(generate(chains.length, intermediates, [], random));
  for (const [intermediates, list] of alone)
    chains.push(generate(chains.length, intermediates, list, random));
  while (chains.length < count) {
    const intermediates = random.below(4);
    const list = Array.from({ length: 2 + random.below(3) }, (): [Mutation, number] => {
      const mutation = random.pick(mutations);
      return [mutation, random.pick(levelsOf(mutation, intermediates + 2))];
    });
    chains.push(generate(chains.length, intermediates, list, random));
  }
  return chains;
}
