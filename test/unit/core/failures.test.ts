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

describe('A network failure', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', 'refused'],
    ['ENOTFOUND', 'unreachable', 'cannot be resolved'],
    ['ETIMEDOUT', 'timeout', 'did not respond'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted', 'not signed by'],
    ['CERT_HAS_EXPIRED', 'untrusted', 'expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted', 'another host name'],
  ])('with code %s is reported in plain language', (code, kind, part) => {
    const failure = networkFailure(withCode(code), 'h.net', 443);
    expect(failure).toMatchObject({ code: kind });
    expect(failure?.message).toContain(part);
  });

  it('is found in wrapping errors', () => {
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

  it('is not detected in other errors', () => {
    expect(networkFailure(new Error('no such thing'), 'h', 1)).toBeUndefined();
  });
});

describe('A failed call of the device registry', () => {
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

  it('is parsed in both formats of the service', () => {
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

  it('contains no secret', () => {
    const failure = registryFailure(
      http(400, { Message: 'ErrorCode:ArgumentInvalid;SharedAccessKey=c2VjcmV0' }),
      hub,
      { access: 'write' },
    );
    expect(failure.message + (failure.detail ?? '')).not.toContain('c2VjcmV0');
  });
});

describe('An MQTT or AMQP failure', () => {
  it.each([1, 2, 3, 4, 5])('with return code %d states the reason', (code) => {
    expect(mqttFailure(withCode(code), mqtt)).toMatchObject({ code: 'refused' });
  });

  it('with return code 5 names the common reasons', () => {
    expect(mqttFailure(withCode(5), mqtt).message).toContain('"d1"');
  });

  it('is found inside an aggregate without a message', () => {
    const failure = eventsFailure(new AggregateError([withCode('UnauthorizedError', 'no')]), hub, 5671);
    expect(failure).toMatchObject({ code: 'unauthorized' });
    expect(failure.message).toContain('ServiceConnect');
  });

  it('can be an AMQP condition without a class', () => {
    expect(eventsFailure({ condition: 'amqp:not-found', description: 'x' }, hub, 5671)).toMatchObject({
      code: 'notFound',
    });
    expect(
      eventsFailure({ condition: 'some:other', description: 'What it was.' }, hub, 5671).message,
    ).toContain('What it was.');
  });

  it.each(['[object Object]', 'WebSocket is not open: readyState 0 (CONNECTING)'])(
    'is a lost connection if the library reports "%s"',
    (text) => {
      expect(eventsFailure(new Error(text), hub, 5671)).toMatchObject({
        code: 'unreachable',
        message: 'The connection to h.net:5671 was lost.',
      });
    },
  );
});

describe('Errors', () => {
  it('are recognized by name, because every bundle has its own class', () => {
    expect(isIotError(Object.assign(new Error('x'), { name: 'IotError', code: 'timeout' }))).toBe(true);
    expect(isIotError(new IotError('timeout', 'x'))).toBe(true);
    expect(isIotError(new Error('x'))).toBe(false);
  });

  it('of an aggregate are represented by the first that is not an abort', () => {
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

  it('ends after the time limit', async () => {
    await expect(
      timeLimit(new Promise(() => undefined), 5, () => new IotError('timeout', 'late')),
    ).rejects.toThrow('late');
    await expect(timeLimit(Promise.resolve(1), 5_000, () => new Error())).resolves.toBe(1);
  });
});
