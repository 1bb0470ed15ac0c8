import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { UnfinishedBodies } from '../../../src/localHub/http/unfinishedBodies';

it('above the limit of all unfinished bodies the oldest requests end', () => {
  const ended: string[] = [];
  const request = (name: string): IncomingMessage =>
    ({ destroy: () => ended.push(name) }) as unknown as IncomingMessage;
  const [first, second, third] = [request('first'), request('second'), request('third')];
  const bodies = new UnfinishedBodies(1_000);
  bodies.add(first, 400);
  bodies.add(second, 400);
  bodies.add(first, 200);
  expect(ended).toEqual([]);
  bodies.add(third, 1);
  expect(ended).toEqual(['first']);
  bodies.add(third, 599);
  bodies.remove(second);
  bodies.add(third, 400);
  expect(ended).toEqual(['first']);
  bodies.add(second, 1);
  expect(ended).toEqual(['first', 'third']);
});
