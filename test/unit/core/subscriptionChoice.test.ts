import { describe, expect, it } from 'vitest';
import { choiceOf, followTicks, tenantRowId, type TickRow } from '../../../src/core/azure/subscriptionChoice';
import { aSubscription, aTenant } from '../../support/azure';

const home = tenantRowId('home');
const guest = tenantRowId('guest');
const rows: readonly TickRow[] = [
  { id: home },
  { id: 's1', above: home },
  { id: 's2', above: home },
  { id: guest },
  { id: 's3', above: guest },
];
const follow = (before: readonly string[], now: readonly string[]) => [
  ...followTicks(rows, new Set(before), new Set(now)),
];

describe('Selection in the list', () => {
  const all = rows.map(({ id }) => id);
  it('of a tenant selects and deselects its subscriptions', () => {
    expect(follow(all, ['s1', 's2', guest, 's3'])).toEqual([guest, 's3']);
    expect(follow([guest, 's3'], [guest, 's3', home])).toEqual([guest, 's3', home, 's1', 's2']);
  });

  it('of a subscription selects its tenant, and keeps the tenant selected when it is deselected', () => {
    expect(follow([guest, 's3'], [guest, 's3', 's2'])).toEqual([guest, 's3', 's2', home]);
    expect(follow([guest, 's3'], [guest])).toEqual([guest]);
  });

  it('of all or none is unchanged', () => {
    expect(follow([], all)).toEqual(all);
    expect(follow(all, [])).toEqual([]);
  });
});

describe('The saved selection', () => {
  const two = {
    subscriptions: [aSubscription(), aSubscription({ id: 's3', tenantId: 'guest' })],
    failures: [],
    tenants: [aTenant('home'), aTenant('guest')],
  };
  const of = (...ticked: string[]) => choiceOf(two, new Set(ticked));

  it('includes everything, also future subscriptions, when all are selected', () => {
    expect(of(home, 's1', guest, 's3')).toEqual({});
  });

  it('can exclude subscriptions and tenants', () => {
    expect(of(home, guest, 's3')).toEqual({ subscriptionIds: ['s3'] });
    expect(of(home, 's1')).toEqual({ hiddenTenants: ['guest'] });
    expect(of(guest)).toEqual({ subscriptionIds: [], hiddenTenants: ['home'] });
    expect(of()).toEqual({ hiddenTenants: ['home', 'guest'] });
  });

  it('never excludes the only tenant, which has no row', () => {
    const one = { ...two, subscriptions: [aSubscription()], tenants: [aTenant('home')] };
    expect(choiceOf(one, new Set())).toEqual({ subscriptionIds: [] });
    expect(choiceOf({ ...one, hiddenTenants: ['home'], subscriptions: [] }, new Set([home]))).toEqual({});
  });
});
