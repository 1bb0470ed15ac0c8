import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendAnswer, type Answer } from '../../../src/localHub/http/router';

const circular: { self?: unknown } = {};
circular.self = circular;

describe('An answer of the HTTPS port', () => {
  let answer: Answer;
  const failures: unknown[] = [];
  const server = http.createServer((_, response) => {
    sendAnswer(response, answer, (error) => {
      failures.push(error);
      return { status: 500, body: { Message: 'Internal error' } };
    });
  });
  const ask = async () => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it.each<[string, Answer]>([
    ['has a body without a JSON form', { status: 200, body: circular }],
    ['has a header that is not valid', { status: 200, body: {}, headers: { 'x-name': 'a\nb' } }],
  ])('that %s becomes an internal error of that request', async (_, invalid) => {
    answer = invalid;
    const response = await ask();
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ Message: 'Internal error' });
    expect(failures.pop()).toBeInstanceOf(Error);
    answer = { status: 200, body: { fine: true } };
    expect(await (await ask()).json()).toEqual({ fine: true });
  });
});
