import { exchange } from './exchange';
import { failureOf, FuzzedHub } from './fuzzedHub';
import { checkHealth } from './health';
import type { Case, Input } from './input';

/** Each attempt starts a hub. */
const maxAttempts = 60;

/** What a hub does wrong when it gets this input alone. */
async function replay(program: string, input: Input): Promise<string | undefined> {
  const hub = await FuzzedHub.start(program);
  try {
    const { answer } = await exchange(hub, input);
    const unserved = await checkHealth(hub);
    return failureOf(answer) ?? hub.failure ?? unserved;
  } catch (error) {
    return hub.failure ?? String(error);
  } finally {
    await hub.close();
  }
}

/** Finds the input that makes the hub fail, and what of it suffices. */
export async function minimize(program: string, suspects: readonly Case[]): Promise<string> {
  let attempts = 0;
  for (const { protocol, index, input } of [...suspects].reverse()) {
    if (++attempts > maxAttempts) break;
    let failure = await replay(program, input);
    if (failure === undefined) continue;
    const ofParts = await replay(program, { ...input, chunks: input.parts });
    let chunks = [...(ofParts === undefined ? input.chunks : input.parts)];
    for (let at = chunks.length - 1; at >= 0 && ++attempts < maxAttempts; at--) {
      const fewer = chunks.toSpliced(at, 1);
      const found = await replay(program, { ...input, chunks: fewer });
      if (found === undefined) continue;
      chunks = fewer;
      failure = found;
    }
    return `${protocol} ${index} on port ${input.port}: ${failure}\n${chunks.map((chunk) => chunk.toString('hex')).join('\n')}`;
  }
  const all = suspects.map(
    ({ protocol, index, input }) =>
      `${protocol} ${index} on port ${input.port}: ${Buffer.concat(input.chunks).toString('hex')}`,
  );
  return `No connection reproduces it alone. The last ones:\n${all.join('\n')}`;
}
