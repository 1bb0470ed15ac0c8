import { describe, expect, it } from 'vitest';
import { FrameGuard, type UnauthenticatedBudget } from '../../../src/localHub/amqp/frameGuard';
import { checkMessage } from '../../../src/localHub/amqp/messageSections';
import {
  attach,
  begin,
  described,
  frame,
  list,
  map,
  message,
  no,
  nothing,
  open,
  request,
  symbol,
  text,
  transfer,
  uint,
  ushort,
  yes,
} from '../../localHub/support/amqpFrames';

interface GuardWish {
  readonly isAuthenticated?: boolean;
  readonly budget?: UnauthenticatedBudget;
}

/** A guard that has seen these frames. */
function guardAfter(
  frames: readonly Buffer[],
  { isAuthenticated = true, budget }: GuardWish = {},
): FrameGuard {
  const guard = new FrameGuard(
    { isAuthenticated: () => isAuthenticated, maxChannel: 9, creditOf: () => 100 },
    budget,
  );
  for (const each of frames) guard.check(each);
  return guard;
}

const performative = (code: number, ...fields: Buffer[]): Buffer =>
  frame(0, described(code, list(...fields)));
const detach = (handle: number): Buffer => performative(0x16, uint(handle), yes);
const end = performative(0x17);
const close = performative(0x18);
const ready = [open(), begin(), attach(0, 'to', '$cbs')];
const part = (handle: number, id: number, size: number, more = true): Buffer =>
  transfer({ handle, id, more, payload: Buffer.alloc(size) });

describe('AMQP frame guard', () => {
  it('accepts one link name in both directions, but not twice in one', () => {
    const guard = guardAfter(ready);
    expect(guard.check(attach(1, 'to', '$cbs', true))).toBe(true);
    expect(() => guard.check(attach(2, 'to', '$cbs', true))).toThrow('a link name is in use');
  });

  it('accepts a handle and a name again after DETACH', () => {
    const guard = guardAfter([...ready, detach(0)]);
    expect(guard.check(attach(0, 'to', '$cbs'))).toBe(true);
  });

  it('drops what arrives after END on the channel, until a session begins there again', () => {
    const guard = guardAfter([...ready, end]);
    expect(guard.check(detach(0))).toBe(false);
    expect(guard.check(part(0, 0, 10))).toBe(false);
    expect(guard.check(begin())).toBe(true);
    expect(() => guard.check(detach(0))).toThrow('detach on an unknown handle');
  });

  it('accepts CLOSE after END, and nothing after CLOSE', () => {
    const guard = guardAfter([...ready, end]);
    expect(guard.check(close)).toBe(true);
    expect(() => guard.check(begin(1))).toThrow('begin before OPEN or after CLOSE');
  });

  it('refuses a message without any content', () => {
    const guard = guardAfter(ready);
    expect(guard.check(part(0, 0, 0))).toBe(true);
    expect(() => guard.check(part(0, 0, 0, false))).toThrow('a message is empty');
  });

  it('refuses transactions', () => {
    const coordinator = described(0x30, list());
    const fields = [
      text('l'),
      uint(1),
      no,
      nothing,
      nothing,
      nothing,
      coordinator,
      nothing,
      nothing,
      uint(0),
    ];
    expect(() => guardAfter(ready).check(performative(0x12, ...fields))).toThrow(
      'transactions are not supported',
    );
  });

  it('limits the frames of a message', () => {
    const guard = guardAfter(ready);
    for (let count = 0; count < 4_096; count++) guard.check(part(0, 0, 1));
    expect(() => guard.check(part(0, 0, 1))).toThrow('a message has more than 4096 frames');
  });

  it('accepts a message of 1 MB in frames of the smallest size, and one after another', () => {
    const guard = guardAfter(ready);
    for (let id = 0; id < 12; id++) {
      for (let sent = 0; sent < 1_048_576; sent += 512) guard.check(part(0, id, 512, sent + 512 < 1_048_576));
    }
    expect(() => {
      for (let sent = 0; sent <= 1_048_576; sent += 512) guard.check(part(0, 12, 512));
    }).toThrow('a message exceeds the limit of 1048576 bytes');
  });

  it('limits the unfinished messages of all links together, and forgets those of links that end', () => {
    const links = Array.from({ length: 9 }, (_, at) => attach(at + 1, `link ${at}`, '$cbs'));
    const unfinished = (handle: number): Buffer[] =>
      Array.from({ length: 16 }, () => part(handle, handle, 65_000));
    const guard = guardAfter([...ready, ...links, ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(unfinished)]);
    expect(() => unfinished(9).map((each) => guard.check(each))).toThrow('too many unfinished messages');
    const other = guardAfter([
      ...ready,
      ...links,
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(unfinished),
      detach(1),
    ]);
    expect(unfinished(9).map((each) => other.check(each))).not.toContain(false);
  });

  it('respects the channel-max and the handle-max of the client', () => {
    const small = guardAfter([performative(0x10, text('raw'), nothing, nothing, ushort(0)), begin(0)]);
    expect(() => small.check(begin(1))).toThrow('more sessions than the channel-max of the client');
    const narrow = guardAfter([
      open(),
      performative(0x11, nothing, uint(0), uint(1), uint(1), uint(0)),
      attach(0, 'a', '$cbs'),
    ]);
    expect(() => narrow.check(attach(1, 'b', '$cbs'))).toThrow(
      'more links than the handle-max of the client',
    );
  });

  it('has a budget for a client without a token only', () => {
    const budget = { bytes: 100, links: 2, sessions: 2 };
    const frames = [open(), begin(0), begin(1), attach(0, 'a', '$cbs'), attach(1, 'b', '$cbs')];
    const guard = guardAfter(frames, { isAuthenticated: false, budget });
    const accepted = guardAfter(frames, { budget });
    guard.countBytes(100);
    accepted.countBytes(1_000_000);
    expect(() => {
      guard.countBytes(1);
    }).toThrow('more than 100 bytes before a token was accepted');
    expect(() => guard.check(begin(2))).toThrow('more than 2 sessions before a token was accepted');
    expect(() => guard.check(attach(2, 'c', '$cbs'))).toThrow(
      'more than 2 links before a token was accepted',
    );
    expect([accepted.check(begin(2)), accepted.check(attach(2, 'c', '$cbs'))]).toEqual([true, true]);
  });

  it('refuses a field of the wrong type by its position', () => {
    expect(() => guardAfter([performative(0x10, uint(1))])).toThrow('field 1 of open is Uint, not string');
    expect(() => guardAfter([open(), performative(0x11, nothing, no, uint(1), uint(1))])).toThrow(
      'field 2 of begin is False, not uint',
    );
  });
});

describe('Sections of an AMQP message', () => {
  it.each([
    ['all that requests have', request('1', { operation: 'READ' }, 'text')],
    ['a value of any type', described(0x77, map(symbol('a'), nothing))],
    ['a descriptor that is a symbol', described(0x73, list(text('id')), 'symbol', 'properties')],
  ])('are accepted with %s', (_, bytes) => {
    expect(() => checkMessage(bytes)).not.toThrow();
  });

  it.each<[string, Buffer, string]>([
    ['properties that are a map', described(0x73, map()), 'amqp:properties:list of a message is Map32'],
    ['properties that are a text', described(0x73, text('a')), 'amqp:properties:list of a message is Str32'],
    ['a header that is null', described(0x70, nothing), 'amqp:header:list of a message is Null'],
    [
      'annotations that are a list',
      described(0x72, list()),
      'amqp:message-annotations:map of a message is List32',
    ],
    [
      'a key without a value',
      described(0x74, map(text('a'))),
      'amqp:application-properties:map of a message is Map32',
    ],
    ['data that is a text', described(0x75, text('a')), 'amqp:data:binary of a message is Str32'],
    ['a sequence that is a number', described(0x76, uint(1)), 'amqp:amqp-sequence:list of a message is Uint'],
    ['an unknown section', described(0x7f, list()), 'a section that is not one of the specification'],
    ['a value without a descriptor', text('a'), 'a section that is not one of the specification'],
    ['an end within a value', message('text').subarray(0, -1), 'a value exceeds its message'],
    ['a code without a type', Buffer.from('0053770f', 'hex'), 'a message cannot be decoded'],
  ])('are refused with %s', (_, bytes, reason) => {
    expect(() => checkMessage(bytes)).toThrow(reason);
  });
});
