import { describe, expect, it } from 'vitest';
import { ArmError } from '../../../src/localHub/arm/errors';
import { checkStoredProperties } from '../../../src/localHub/arm/storedProperties';

type Properties = Readonly<Record<string, unknown>>;

/** The message of the answer, or undefined if the properties are accepted. */
function refusalOf(properties: Properties): string | undefined {
  try {
    checkStoredProperties(properties);
    return undefined;
  } catch (error) {
    if (error instanceof ArmError) return (error.answer.body as { message: string }).message;
    return (error as Error).message;
  }
}

const queue = { lockDurationAsIso8601: 'PT5M', ttlAsIso8601: 'PT48H', maxDeliveryCount: 100 };

describe('Properties that the local hub only stores', () => {
  it.each<[string, Properties]>([
    ['cloudToDevice.maxDeliveryCount', { cloudToDevice: { maxDeliveryCount: 'x' } }],
    ['cloudToDevice.maxDeliveryCount', { cloudToDevice: { maxDeliveryCount: 0 } }],
    ['cloudToDevice.maxDeliveryCount', { cloudToDevice: { maxDeliveryCount: 101 } }],
    ['cloudToDevice.maxDeliveryCount', { cloudToDevice: { maxDeliveryCount: 1.5 } }],
    ['cloudToDevice.defaultTtlAsIso8601', { cloudToDevice: { defaultTtlAsIso8601: '1 hour' } }],
    ['cloudToDevice.defaultTtlAsIso8601', { cloudToDevice: { defaultTtlAsIso8601: 'PT' } }],
    ['cloudToDevice.defaultTtlAsIso8601', { cloudToDevice: { defaultTtlAsIso8601: 'P' } }],
    ['cloudToDevice.defaultTtlAsIso8601', { cloudToDevice: { defaultTtlAsIso8601: 'P3D' } }],
    ['cloudToDevice.defaultTtlAsIso8601', { cloudToDevice: { defaultTtlAsIso8601: 60 } }],
    [
      'cloudToDevice.feedback.lockDurationAsIso8601',
      { cloudToDevice: { feedback: { lockDurationAsIso8601: 'PT4S' } } },
    ],
    ['cloudToDevice.feedback', { cloudToDevice: { feedback: [] } }],
    ['cloudToDevice', { cloudToDevice: 'on' }],
    [
      'messagingEndpoints.fileNotifications.ttlAsIso8601',
      { messagingEndpoints: { fileNotifications: { ttlAsIso8601: 'PT1S' } } },
    ],
    [
      'storageEndpoints.$default.sasTtlAsIso8601',
      { storageEndpoints: { $default: { sasTtlAsIso8601: 'P2D' } } },
    ],
    ['storageEndpoints.$default.containerName', { storageEndpoints: { $default: { containerName: 1 } } }],
    ['enableFileUploadNotifications', { enableFileUploadNotifications: 'true' }],
    ['allowedFqdnList', { allowedFqdnList: 'example.com' }],
    ['allowedFqdnList[1]', { allowedFqdnList: ['example.com', 5] }],
    ['comments', { comments: {} }],
    ['features', { features: 'All' }],
    ['minTlsVersion', { minTlsVersion: '1.3' }],
    ['rootCertificate.enableRootCertificateV2', { rootCertificate: { enableRootCertificateV2: 1 } }],
  ])('are refused by the name %s in %j', (name, properties) => {
    expect(refusalOf(properties)).toMatch(new RegExp(`(^|Invalid )${name.replace(/[.$[\]]/g, '\\$&')} `));
  });

  it.each<[Properties]>([
    [{}],
    [{ cloudToDevice: null, comments: null, allowedFqdnList: null }],
    [{ cloudToDevice: { maxDeliveryCount: 1, defaultTtlAsIso8601: 'P2D', feedback: queue } }],
    [{ messagingEndpoints: { fileNotifications: queue } }],
    [{ storageEndpoints: { $default: { sasTtlAsIso8601: 'PT1H30M', connectionString: '' } } }],
    [{ features: 'deviceManagement', minTlsVersion: '1.2', rootCertificate: {} }],
    [{ aPropertyOfTomorrow: { nested: [1] } }],
  ])('are accepted: %j', (properties) => {
    expect(refusalOf(properties)).toBeUndefined();
  });
});
