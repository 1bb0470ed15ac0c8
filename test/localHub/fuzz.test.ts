import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzz } from '../fuzz/fuzz';
import { buildProgram, removeProgram } from './support/program';

let program: string;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => {
  removeProgram(program);
});

/** The beginning of what `npm run fuzz` does, always with the same inputs. */
it('The local hub survives generated frames, packets and requests, and serves healthy clients in between', async () => {
  // The limit finds a hub that hangs, also on a machine that is busy with other tests.
  const limitMs = 120_000;
  const { failure, figures } = await fuzz({
    program,
    seed: 14,
    limitMs,
    isContinued: (rounds) => rounds < 2,
  });
  expect(failure).toBeUndefined();
  expect(figures.healthChecks).toBe(2);
  expect(figures.sent.amqp).toBeGreaterThan(15_000);
  for (const count of Object.values(figures.sent)) expect(count).toBeGreaterThan(500);
});
