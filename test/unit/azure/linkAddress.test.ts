import { Receiver } from 'rhea-promise';
import { expect, it } from 'vitest';
import { tolerateLostLinks } from '../../../src/azure/events/linkAddress';

it('a link that was lost with its connection has no address and does not throw', () => {
  tolerateLostLinks();
  const link = (source: unknown) =>
    Object.create(Receiver.prototype, { source: { value: source } }) as Receiver;
  expect(link({ address: '$management' }).address).toBe('$management');
  expect(link(undefined).address).toBeUndefined();
});
