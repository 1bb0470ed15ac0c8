import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { newDraft } from '../../../src/core/publish/draft';
import { dispatch, poster, type Handlers } from '../../../src/webview/protocol';
import { toHost } from '../../../src/webview/publish/api';

const handlers = () =>
  Object.fromEntries(Object.keys(toHost).map((type) => [type, vi.fn()])) as unknown as Handlers<
    typeof toHost
  > &
    Record<string, ReturnType<typeof vi.fn>>;

describe('dispatch', () => {
  it('passes a message to the handler of its type', () => {
    const all = handlers();
    const sent: unknown[] = [];
    const post = poster(toHost, (message) => sent.push(message));
    const draft = newDraft(['d1'], 600);
    post('send', { draft });
    expect(dispatch(toHost, all, sent[0])).toBeUndefined();
    expect(all['send']).toHaveBeenCalledWith({ draft });
  });

  it('drops properties that the contract does not define', () => {
    const all = handlers();
    dispatch(toHost, all, { type: 'edit', body: { draft: { ...newDraft([], 600), key: 'x' }, more: 1 } });
    expect(all['edit']).toHaveBeenCalledWith({ draft: newDraft([], 600) });
  });

  it.each([
    ['no message', undefined],
    ['a text', 'send'],
    ['an unknown type', { type: 'runCommand', body: {} }],
    ['a name that every object has', { type: 'constructor', body: {} }],
    ['no body', { type: 'send' }],
    ['an invalid draft', { type: 'send', body: { draft: {} } }],
    [
      'a token lifetime of one second',
      { type: 'send', body: { draft: { ...newDraft([], 600), tokenSeconds: 1 } } },
    ],
    ['too many devices', { type: 'send', body: { draft: newDraft(Array<string>(2_001).fill('d'), 600) } }],
    ['an unknown connection detail', { type: 'copyConnectionDetail', body: { key: 'sharedAccessKey' } }],
    ['an unknown kind of snippet', { type: 'copyAs', body: { kind: 'bash' } }],
  ])('rejects %s with a reason, and calls no handler', (_, message) => {
    const all = handlers();
    expect(dispatch(toHost, all, message)?.message).toMatch(/\w/);
    for (const handler of Object.values(all)) expect(handler).not.toHaveBeenCalled();
  });

  it('never throws, whatever the message is', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        expect(() => dispatch(toHost, handlers(), message)).not.toThrow();
      }),
    );
  });
});
