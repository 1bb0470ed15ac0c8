import * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IotError } from '../../../src/core/errors';
import { MaskedLog } from '../../../src/workbench/log';

const forged = '2026-01-01 00:00:00.000 [info] forged';

describe('the log of the extension', () => {
  let log: MaskedLog;
  let written: string[];
  const lines = (): string[] => written.join('\n').split('\n');
  beforeEach(() => {
    written = [];
    const write = (level: string) => (text: string) => written.push(`2026-11-27 [${level}] ${text}`);
    const channel = {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    } as unknown as vscode.LogOutputChannel;
    vi.spyOn(vscode.window, 'createOutputChannel').mockReturnValue(channel);
    log = new MaskedLog('Log');
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(['debug', 'info', 'warn', 'error'] as const)('has one line for each text at %s', (level) => {
    log[level](`topic 'a\n${forged}\r\n\u001b[31m\u202e\u2028'`);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain(`[${level}] topic 'a\\u000a2026`);
    expect(lines()[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });

  it('has one line for each message in an error and its causes, and indents the lines after the first', () => {
    const cause = new AggregateError([new Error(`one\n${forged}`), `two\n${forged}`], `all\n${forged}`);
    const error = new IotError('serviceFailed', `Azure: a\n${forged}`, { detail: `b\n${forged}`, cause });
    log.error('Listing failed.', error);
    const [first, ...others] = lines();
    expect(first).toMatch(/\[error\] Listing failed\.$/);
    expect(others.filter((line) => !line.startsWith('    '))).toEqual([]);
    const texts = others.map((line) => line.trim());
    for (const text of [
      'Error: Azure: a\\u000a',
      'detail: b\\u000a',
      'caused by: AggregateError: all\\u000a',
      'one of: Error: one\\u000a',
      'one of: two\\u000a',
    ]) {
      expect(texts.filter((line) => line.endsWith(text + forged))).toHaveLength(1);
    }
    expect(texts.some((text) => text.startsWith('at '))).toBe(true);
  });

  it('hides secrets wherever a line of the text begins with one', () => {
    log.warn('refused\nsig=secret1\nBearer secret2\nSharedAccessKey=secret3');
    log.error('failed', new Error('refused\nsig=secret1&se=1\nBearer secret2'));
    expect(lines().join('\n')).not.toContain('secret');
  });
});
