import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { firstReason } from '../../../src/localHub/control/exitReason';

const outputOf = (...args: string[]): string =>
  spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr;

describe('The reason why a process ended', () => {
  it.each([
    ['an uncaught error', "throw new TypeError('A sentence.')", 'A sentence.'],
    [
      'an error with a code of Node',
      "require('node:net').connect({ port: -1 })",
      /^Port should be >= 0 and < 65536/,
    ],
    ['a rejected promise', "Promise.reject(new Error('Late.\\nMore about it.'))", 'Late.'],
    ['a missing module', "require('nosuch')", "Cannot find module 'nosuch'"],
    ['an error that is caught and printed', "console.error(new Error('Printed.').stack)", 'Printed.'],
    [
      'a sentence',
      "console.error('Port 8883 is in use: stop that program.')",
      'Port 8883 is in use: stop that program.',
    ],
    [
      'a warning before the error',
      "process.emitWarning('old'); setImmediate(() => { throw new Error('New.') })",
      'New.',
    ],
  ])('is the message of %s', (_, script, reason) => {
    const found = firstReason(outputOf('-e', script));
    if (typeof reason === 'string') expect(found).toBe(reason);
    else expect(found).toMatch(reason);
  });

  it('is not a line of the source', () => {
    expect(firstReason(outputOf('-e', 'let a = ;'))).toBe("Unexpected token ';'");
  });

  it('is unknown if nothing was written', () => {
    expect(firstReason('\n')).toBeUndefined();
  });
});
