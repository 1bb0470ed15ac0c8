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

describe('Steps of Create Hub', () => {
  it('include all steps until a tier is selected', () => {
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

  it('omit the only subscription and what the free tier determines', () => {
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

  it('include the name of a new resource group', () => {
    const draft: HubDraft = { ...full(), group: { kind: 'new', name: '' } };
    expect(hubSteps(draft, false).slice(0, 2)).toEqual(['group', 'groupName']);
    expect(isAnswered('groupName', draft)).toBe(false);
  });
});

describe('A hub draft', () => {
  it('is kept after the first answer that is more than a click', () => {
    expect(isWorthKeeping({ ...emptyDraft(), subscription: aSubscription() })).toBe(false);
    expect(isWorthKeeping({ ...emptyDraft(), name: 'x' })).toBe(true);
  });

  it('sets the values of F1, and asks for them again for a paid tier', () => {
    const draft = full();
    setPlan(draft, 'F1');
    expect(draft).toMatchObject({ units: 1, partitionCount: 2, retentionDays: 1 });
    setPlan(draft, 'S1');
    expect(draft).toMatchObject({ units: undefined, partitionCount: undefined, retentionDays: undefined });
  });

  it('keeps values that the other tier allows, and asks for the others', () => {
    const draft = { ...full(), units: 100 };
    setPlan(draft, 'S2');
    expect(draft).toMatchObject({ units: 100, partitionCount: 8, retentionDays: 3 });
    setPlan(draft, 'S3');
    expect(draft).toMatchObject({ units: undefined, partitionCount: 8, retentionDays: 3 });
  });

  it('asks again for the values of a subscription, and for the free tier, after the subscription is changed', () => {
    const draft = full();
    setPlan(draft, 'F1');
    setSubscription(draft, aSubscription({ id: 'other' }));
    expect(draft).toMatchObject({ group: undefined, region: undefined, sku: undefined, name: 'factory' });
    const same = full();
    setSubscription(same, aSubscription());
    expect(same).toEqual(full());
  });

  it('is complete when every step is answered', () => {
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

describe('A failed creation', () => {
  it.each<[IotErrorCode, string, ReturnType<typeof failedWizardStep>]>([
    ['alreadyExists', 'HTTP 409 409001 IotHub name x is not available.', 'name'],
    ['alreadyExists', 'ResourceGroupExists', 'groupName'],
    ['freeHubTaken', 'HTTP 400 400019 Max number of Iot Hubs exceeded for sku = Free.', 'plan'],
    ['quotaExceeded', 'HTTP 400 400019 Max number of Iot Hubs exceeded for sku = Standard.', 'subscription'],
    ['regionFull', 'HTTP 409 SkuNotAvailable The requested tier is not available.', 'region'],
    ['unsupported', 'HTTP 400 LocationNotAvailableForResourceType Not offered.', 'region'],
    ['forbidden', "HTTP 403 AuthorizationFailed No authorization to perform action 'x/write'.", 'group'],
    [
      'forbidden',
      "HTTP 403 RequestDisallowedByPolicy Resource 'x' was disallowed by policy. Policies: Allowed locations",
      'region',
    ],
    [
      'forbidden',
      "HTTP 403 RequestDisallowedByPolicy Resource 'region-1' was disallowed by policy. Policies: Tags",
      'group',
    ],
    [
      'forbidden',
      "HTTP 403 RequestDisallowedByPolicy Resource 'region-1' was disallowed by policy.",
      'group',
    ],
    ['locked', 'HTTP 409 ScopeLocked The scope is locked.', 'group'],
    ['notFound', "HTTP 404 ResourceGroupNotFound Resource group 'rg' could not be found.", 'group'],
    ['notFound', "HTTP 404 SubscriptionNotFound The subscription 's1' could not be found.", 'subscription'],
    ['refused', "HTTP 409 ResourceGroupBeingDeleted The resource group 'rg' is deprovisioning.", 'group'],
    ['refused', "HTTP 409 ReadOnlyDisabledSubscription The subscription 's1' is disabled.", 'subscription'],
    ['refused', 'HTTP 409 409002 The hub is transitioning.', 'review'],
    ['invalidInput', 'HTTP 400 400001 partitionCount must be at least 2.', 'partitions'],
    ['invalidInput', 'HTTP 400 400001 retentionTimeInDays is too long.', 'retention'],
    ['invalidInput', 'HTTP 400 400001 The location is not there.', 'region'],
    ['invalidInput', 'HTTP 400 400001 The capacity is too high.', 'units'],
    ['invalidInput', 'HTTP 400 400001 The sku is unknown.', 'plan'],
    ['invalidInput', 'HTTP 400 400001 The name is reserved.', 'name'],
    ['invalidInput', "HTTP 400 400001 The value 'partition-name' is not valid.", 'review'],
    ['providerNotRegistered', 'Microsoft.Devices is not registered.', 'review'],
    ['signInNeeded', 'Sign in again.', 'review'],
    ['unreachable', 'No network.', 'review'],
    ['throttled', 'Slow down.', 'review'],
    ['serviceFailed', 'HTTP 500.', 'review'],
    ['timeout', 'Late.', 'review'],
  ])('%s (%s) leads back to step %s, regardless of the language of the message', (code, detail, step) => {
    expect(failedWizardStep(new IotError(code, 'Nachricht', { detail }))).toBe(step);
  });

  it('for any other reason is tried again from the last step', () => {
    expect(failedWizardStep(new Error('name'))).toBe('review');
  });
});
