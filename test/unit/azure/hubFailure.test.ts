import { describe, expect, it } from 'vitest';
import { certificateFailure, type Subject } from '../../../src/azure/management/hubFailure';

const hub = {
  endpoint: 'https://management.azure.com',
  subscriptionId: 's',
  resourceGroup: 'rg',
  hubName: 'factory',
  credential: { tokenFile: '/t' },
};
const tail =
  ' If you contact a support representative please include this correlation identifier: 1-2, timestamp: 2026-01-01, errorcode: IH412001.';
/** `RestError` with the body of the resource provider, or of the ARM platform. */
const provider = (statusCode: number, message: string) =>
  Object.assign(new Error('outer'), { statusCode, details: { code: 400_000, httpStatusCode: 'x', message } });
const platform = (statusCode: number, code: string, message: string) =>
  Object.assign(new Error('outer'), { statusCode, code, details: { error: { code, message } } });
const say = (error: unknown, action: Subject['action']) =>
  certificateFailure(error, hub, { action, name: 'ca' });

describe('A failed certificate operation', () => {
  it.each<[string, unknown, Subject['action'], string, string]>([
    [
      'stale ETag',
      provider(412, `Invalid ETag supplied.${tail}`),
      'verify',
      'changedMeanwhile',
      'was changed by someone else',
    ],
    [
      'name in use',
      provider(412, `Invalid ETag supplied.${tail}`),
      'create',
      'alreadyExists',
      'Enter another name',
    ],
    [
      'wrong issuer',
      provider(400, `The certificate is not issued by the CA.${tail}`),
      'verify',
      'refused',
      'not issued by the CA. Verify again',
    ],
    [
      'expired',
      provider(400, `The certificate has expired.${tail}`),
      'create',
      'invalidInput',
      'The certificate has expired.',
    ],
    [
      'limit',
      provider(400, `Maximum number of certificates reached.${tail}`),
      'create',
      'quotaExceeded',
      'maximum of 25 certificates',
    ],
    [
      'limit as 403',
      provider(403, `Max certificates exceeded.${tail}`),
      'create',
      'quotaExceeded',
      'Delete one',
    ],
    [
      'missing permission',
      platform(403, 'AuthorizationFailed', 'The client x does not have authorization'),
      'create',
      'forbidden',
      '"ca" could not be uploaded to hub "factory". Your account',
    ],
    [
      'token',
      platform(401, 'InvalidAuthenticationToken', 'The token is wrong'),
      'list',
      'unauthorized',
      'rejected the token of the token file',
    ],
    [
      'hub that no longer exists',
      platform(404, 'ResourceNotFound', 'not found'),
      'list',
      'notFound',
      'Hub "factory" does not exist',
    ],
    [
      'certificate that no longer exists',
      platform(404, 'ResourceNotFound', 'not found'),
      'verify',
      'notFound',
      'Upload it again',
    ],
    ['throttled', platform(429, 'TooManyRequests', 'x'), 'list', 'throttled', 'throttling'],
    [
      'internal error of the service',
      platform(503, 'ServerBusy', 'Busy'),
      'list',
      'serviceFailed',
      'HTTP 503',
    ],
    [
      'no network',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      'list',
      'unreachable',
      'management.azure.com:443',
    ],
  ])('is reported with a remedy: %s', (_, error, action, code, message) => {
    const failure = say(error, action);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
    expect(failure.message).not.toMatch(/correlation identifier|IH412001/);
  });

  it('keeps technical details for the log', () => {
    expect(say(provider(412, `Invalid ETag supplied.${tail}`), 'verify').detail).toContain(
      'correlation identifier',
    );
  });
});
