import { describe, expect, it } from 'vitest';
import { failedWizardStep } from '../../../src/core/azure/failedWizardStep';
import {
  emptyDraft,
  hubSteps,
  isAnswered,
  isWorthKeeping,
  newHubOf,
  setPlan,
  setSubscription,
  type HubDraft,
} from '../../../src/core/azure/hubDraft';
import { IotError, type IotErrorCode } from '../../../src/core/errors';
import { aSubscription } from '../../support/azure';

const westEurope = { name: 'westeurope', displayName: 'West Europe' };
const full = (): HubDraft => ({
  subscription: aSubscription(),
  group: { kind: 'existing', name: 'iot', location: 'westeurope' },
  name: 'factory',
  region: westEurope,
  sku: 'S1',
  units: 2,
  partitionCount: 8,
  retentionDays: 3,
  isPublicAccessOff: false,
  isLocalAuthOff: true,
});

describe('The steps of Create Hub', () => {
  it('are all of them until a plan is chosen', () => {
    expect(hubSteps(emptyDraft(), true)).toEqual([
      'subscription',
      'group',
      'name',
      'region',
      'plan',
      'units',
      'partitions',
      'retention',
      'publicAccess',
      'localAuth',
      'review',
    ]);
  });

  it('leave out the subscription when there is one, and what the free tier fixes', () => {
    const draft = full();
    setPlan(draft, 'F1');
    expect(hubSteps(draft, false)).toEqual([
      'group',
      'name',
      'region',
      'plan',
      'publicAccess',
      'localAuth',
      'review',
    ]);
  });

  it('ask for the name of a new group', () => {
    const draft: HubDraft = { ...full(), group: { kind: 'new', name: '' } };
    expect(hubSteps(draft, false).slice(0, 2)).toEqual(['group', 'groupName']);
    expect(isAnswered('groupName', draft)).toBe(false);
  });
});

describe('The draft of a hub', () => {
  it('is worth keeping from the first answer on that is more than a click', () => {
    expect(isWorthKeeping({ ...emptyDraft(), subscription: aSubscription() })).toBe(false);
    expect(isWorthKeeping({ ...emptyDraft(), name: 'x' })).toBe(true);
  });

  it('fixes what F1 has, and asks again for what a paid tier leaves open', () => {
    const draft = full();
    setPlan(draft, 'F1');
    expect(draft).toMatchObject({ units: 1, partitionCount: 2, retentionDays: 1 });
    setPlan(draft, 'S1');
    expect(draft).toMatchObject({ units: undefined, partitionCount: undefined, retentionDays: undefined });
  });

  it('keeps numbers that the other tier allows, and asks for those that it does not', () => {
    const draft = { ...full(), units: 100 };
    setPlan(draft, 'S2');
    expect(draft).toMatchObject({ units: 100, partitionCount: 8, retentionDays: 3 });
    setPlan(draft, 'S3');
    expect(draft).toMatchObject({ units: undefined, partitionCount: 8, retentionDays: 3 });
  });

  it('of another subscription asks again for what is of the subscription, and for the free tier', () => {
    const draft = full();
    setPlan(draft, 'F1');
    setSubscription(draft, aSubscription({ id: 'other' }));
    expect(draft).toMatchObject({ group: undefined, region: undefined, sku: undefined, name: 'factory' });
    const same = full();
    setSubscription(same, aSubscription());
    expect(same).toEqual(full());
  });

  it('becomes a hub when nothing is open', () => {
    expect(newHubOf(full())).toEqual({
      name: 'factory',
      resourceGroup: 'iot',
      location: 'westeurope',
      sku: { name: 'S1', units: 2 },
      partitionCount: 8,
      retentionDays: 3,
      isPublicAccessOff: false,
      isLocalAuthOff: true,
      tags: {},
    });
    for (const open of Object.keys(full()).filter((key) => key !== 'subscription')) {
      expect(newHubOf({ ...full(), [open]: undefined }), open).toBeUndefined();
    }
  });
});

describe('A creation that failed', () => {
  it.each<[IotErrorCode, string, ReturnType<typeof failedWizardStep>]>([
    ['alreadyExists', 'The name is taken: could not create hub "x".', 'name'],
    ['alreadyExists', 'Resource group "rg" exists already. Choose it, or another name.', 'groupName'],
    ['freeHubTaken', 'There is a free hub in subscription "s" already.', 'plan'],
    ['quotaExceeded', 'There are as many hubs in subscription "s" as Azure allows.', 'subscription'],
    ['regionFull', 'The region takes no new hubs of this tier now.', 'region'],
    ['unsupported', 'Azure has no hubs in this region.', 'region'],
    [
      'forbidden',
      'You may not create resource group "rg": the account lacks the permission x/write.',
      'group',
    ],
    ['forbidden', 'A policy of Azure does not let anybody create hub "x": "Allowed locations".', 'region'],
    ['forbidden', 'A policy of Azure does not let anybody create hub "region-1": "Tags".', 'group'],
    ['locked', 'A lock on resource group "rg" keeps Azure from it.', 'group'],
    ['notFound', 'The resource group does not exist any more: could not create hub "x".', 'group'],
    ['notFound', 'Azure does not find the subscription any more: could not create hub "x".', 'subscription'],
    ['refused', 'The resource group is being deleted: could not create hub "x".', 'group'],
    [
      'refused',
      'The subscription is disabled and can only be read: could not create hub "x".',
      'subscription',
    ],
    ['refused', 'It is busy with another change: could not create hub "x" in subscription "s".', 'review'],
    ['invalidInput', 'Azure does not accept this: partitionCount must be at least 2.', 'partitions'],
    ['invalidInput', 'Azure does not accept this: retentionTimeInDays is too long.', 'retention'],
    ['invalidInput', 'Azure does not accept this: The location is not there.', 'region'],
    ['invalidInput', 'Azure does not accept this: The capacity is too high.', 'units'],
    ['invalidInput', 'Azure does not accept this: The sku is unknown.', 'plan'],
    ['invalidInput', 'Azure does not accept this: The name is reserved.', 'name'],
    ['invalidInput', 'Azure does not accept this: could not create hub "partition-name".', 'review'],
    ['providerNotRegistered', 'Microsoft.Devices is not registered.', 'review'],
    ['signInNeeded', 'Sign in again.', 'review'],
    ['unreachable', 'No network.', 'review'],
    ['throttled', 'Slow down.', 'review'],
    ['serviceFailed', 'HTTP 500.', 'review'],
    ['timeout', 'Late.', 'review'],
  ])('by %s (%s) is changed at %s', (code, message, step) => {
    expect(failedWizardStep(new IotError(code, message))).toBe(step);
  });

  it('by anything else is tried again at the end', () => {
    expect(failedWizardStep(new Error('name'))).toBe('review');
  });
});
