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
  const { failure, figures } = await fuzz({ program, seed: 14, isContinued: (rounds) => rounds < 2 });
  expect(failure).toBeUndefined();
  expect(figures.healthChecks).toBe(2);
  expect(figures.sent.amqp).toBeGreaterThan(15_000);
  for (const count of Object.values(figures.sent)) expect(count).toBeGreaterThan(500);
});
