import { describe, expect, it } from 'vitest';
import { eventsFailure } from '../../../src/azure/events/eventsFailure';
import { mqttFailure } from '../../../src/azure/mqtt/mqttFailure';
import { readAnswer, registryFailure } from '../../../src/azure/registry/registryFailure';
import { abortable, abortError, delay, isAbort, timeLimit } from '../../../src/core/base/abort';
import { firstCause, IotError, isIotError, plainMessage } from '../../../src/core/errors';
import { type HubConnection } from '../../../src/core/hub/hubConnection';
import { type MqttSettings } from '../../../src/core/mqtt/mqttSettings';
import { networkFailure } from '../../../src/core/networkFailure';

const hub: HubConnection = {
  hostName: 'h.net',
  policyName: 'service',
  key: '',
  mqttPort: 8883,
  httpsPort: 443,
  amqpPort: 5671,
};
const mqtt: MqttSettings = {
  host: 'h.net',
  port: 8883,
  clientId: 'd1',
  userName: '',
  topic: '',
  credentials: { kind: 'sas', password: '', expiresAt: 0 },
};
const withCode = (code: string | number, message = '') => Object.assign(new Error(message), { code });
const http = (statusCode: number, body: unknown) =>
  Object.assign(new Error('x'), { response: { statusCode }, responseBody: JSON.stringify(body) });

describe('A failure of the network', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', 'refused'],
    ['ENOTFOUND', 'unreachable', 'cannot be resolved'],
    ['ETIMEDOUT', 'timeout', 'did not respond'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', 'not signed by'],
    ['CERT_HAS_EXPIRED', 'untrusted', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted', 'another host name'],
  ])('with code %s is said in plain words', (code, kind, part) => {
    const failure = networkFailure(withCode(code), 'h.net', 443);
    expect(failure).toMatchObject({ code: kind });
    expect(failure?.message).toContain(part);
  });

  it('is found in what wraps it', () => {
    expect(networkFailure(new AggregateError([withCode('ECONNREFUSED')]), 'h', 1)).toMatchObject({
      code: 'unreachable',
    });
    expect(
      networkFailure(new Error('MessagingError: connect ECONNREFUSED 127.0.0.1:1'), 'h', 1),
    ).toMatchObject({ code: 'unreachable' });
    expect(networkFailure(new Error('other', { cause: withCode('ENOTFOUND') }), 'h', 1)).toMatchObject({
      code: 'unreachable',
    });
  });

  it('is not seen where there is none', () => {
    expect(networkFailure(new Error('no such thing'), 'h', 1)).toBeUndefined();
  });
});

describe('A failure of the registry', () => {
  it.each([
    [401, 'unauthorized', 'policy "service"'],
    [404, 'notFound', '"d1" does not exist'],
    [409, 'alreadyExists', '"d1" already exists'],
    [412, 'changedMeanwhile', 'Refresh'],
    [429, 'throttled', 'throttling'],
    [500, 'serviceFailed', 'HTTP 500'],
  ])('with status %d is an IotError', (status, code, part) => {
    const failure = registryFailure(http(status, { Message: 'ErrorCode:Name;Text.' }), hub, {
      access: 'read',
      deviceId: 'd1',
    });
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(part);
  });

  it('is read in both forms that the service uses', () => {
    expect(
      readAnswer('{"Message":"ErrorCode:DeviceNotFound;gone","ExceptionMessage":"Tracking ID:1"}'),
    ).toEqual({
      name: 'DeviceNotFound',
      text: 'gone',
      tracking: 'Tracking ID:1',
    });
    const inner = JSON.stringify({ errorCode: 404103, message: 'Timed out.', trackingId: 't' });
    expect(readAnswer(JSON.stringify({ Message: inner }))).toEqual({
      name: '404103',
      text: 'Timed out.',
      tracking: 't',
    });
    expect(readAnswer('<html>')).toEqual({ name: '', text: '', tracking: '' });
  });

  it('shows no secret', () => {
    const failure = registryFailure(
      http(400, { Message: 'ErrorCode:ArgumentInvalid;SharedAccessKey=c2VjcmV0' }),
      hub,
      { access: 'write' },
    );
    expect(failure.message + (failure.detail ?? '')).not.toContain('c2VjcmV0');
  });
});

describe('A failure of MQTT or AMQP', () => {
  it.each([1, 2, 3, 4, 5])('with return code %d says why', (code) => {
    expect(mqttFailure(withCode(code), mqtt)).toMatchObject({ code: 'refused' });
  });

  it('with return code 5 names the usual reasons', () => {
    expect(mqttFailure(withCode(5), mqtt).message).toContain('"d1"');
  });

  it('is looked for inside an aggregate without words', () => {
    const failure = eventsFailure(new AggregateError([withCode('UnauthorizedError', 'no')]), hub, 5671);
    expect(failure).toMatchObject({ code: 'unauthorized' });
    expect(failure.message).toContain('ServiceConnect');
  });

  it('may be an AMQP condition without a class', () => {
    expect(eventsFailure({ condition: 'amqp:not-found', description: 'x' }, hub, 5671)).toMatchObject({
      code: 'notFound',
    });
    expect(
      eventsFailure({ condition: 'some:other', description: 'What it was.' }, hub, 5671).message,
    ).toContain('What it was.');
  });

  it('is told in words, also where the SDK lost them', () => {
    expect(eventsFailure(new Error('[object Object]'), hub, 5671).message).toBe(
      'Reading the events of the hub failed: the connection broke',
    );
  });
});

describe('Errors', () => {
  it('are told by name, since every bundle has a class of its own', () => {
    expect(isIotError(Object.assign(new Error('x'), { name: 'IotError', code: 'timeout' }))).toBe(true);
    expect(isIotError(new IotError('timeout', 'x'))).toBe(true);
    expect(isIotError(new Error('x'))).toBe(false);
  });

  it('of an aggregate are the first that is not the abort of the others', () => {
    const own = new Error('the reason');
    expect(firstCause(new AggregateError([abortError(), new AggregateError([own])]))).toBe(own);
    expect(plainMessage(new AggregateError([own]))).toBe('the reason');
  });
});

describe('Waiting', () => {
  it('ends when the signal fires', async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => undefined), controller.signal);
    controller.abort();
    await expect(waiting).rejects.toSatisfy(isAbort);
    await expect(delay(10_000, controller.signal)).rejects.toSatisfy(isAbort);
    await expect(abortable(Promise.reject(new Error('late')), controller.signal)).rejects.toSatisfy(isAbort);
  });

  it('ends when it takes too long', async () => {
    await expect(
      timeLimit(new Promise(() => undefined), 5, () => new IotError('timeout', 'late')),
    ).rejects.toThrow('late');
    await expect(timeLimit(Promise.resolve(1), 5_000, () => new Error())).resolves.toBe(1);
  });
});
