import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorHelp, Generators } from '../../../src/core/template/generators';
import {
  MessageTemplate,
  TemplateError,
  type TemplateMoment,
  type TemplateProblem,
} from '../../../src/core/template/messageTemplate';

const moment: TemplateMoment = {
  deviceId: 'dev-1',
  deviceIndex: 0,
  n: 1,
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
};
const message = (n: number, deviceId = 'dev-1', deviceIndex = 0): TemplateMoment => ({
  ...moment,
  n,
  deviceId,
  deviceIndex,
});
const json = (text: string, seed = 1): MessageTemplate =>
  MessageTemplate.json(text, new Generators({ seed }));
const text = (template: string, seed = 1): MessageTemplate =>
  MessageTemplate.text(template, new Generators({ seed }));
/** What one expression gives in JSON. */
const value = (expression: string, at = moment): unknown =>
  JSON.parse(json(JSON.stringify(`{{ ${expression} }}`)).render(at)) as unknown;
const values = (expression: string, count: number): unknown[] => {
  const template = json(JSON.stringify(`{{ ${expression} }}`));
  return Array.from(
    { length: count },
    (_, index) => JSON.parse(template.render(message(index + 1))) as unknown,
  );
};

function problemOf(action: () => unknown): TemplateProblem {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}
const refusal = (expression: string): string => problemOf(() => value(expression)).message;

describe('A text template', () => {
  it('replaces each placeholder by its value as text', () => {
    const template =
      '{{deviceId}}: {{ n }} of {{ deviceIndex }}, {{ 1.5 }} {{ true }} {{ null }} {{ [1, "a"] }}';
    expect(text(template).render(message(3))).toBe('dev-1: 3 of 0, 1.5 true null [1,"a"]');
    expect(
      text('{{ timestamp("2026-01-02T03:04:05Z") }} {{ b"abc" }} {{ duration("90s") }}').render(moment),
    ).toBe('2026-01-02T03:04:05.000Z YWJj 90s');
  });

  it('keeps any text without placeholders', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((each) => !each.includes('{{')),
        (each) => {
          const template = text(each);
          expect(template.isConstant).toBe(true);
          expect(template.render(moment)).toBe(each);
        },
      ),
    );
    expect(text('{{ n }}').isConstant).toBe(false);
  });

  it('has two ways to write braces', () => {
    expect(text('a \\{{ n }} b {{ n }} \\{{').render(moment)).toBe('a {{ n }} b 1 {{');
    expect(text('{{ "{{" }}{{ \'}}\' }}').render(moment)).toBe('{{}}');
  });

  it('finds the end of a placeholder behind maps and texts with braces', () => {
    expect(text('{{ {"a": {"b": "}}"}} }}|{{{"a":n}}}').render(moment)).toBe('{"a":{"b":"}}"}}|{"a":1}');
    expect(text(String.raw`{{ r"\d}}" }}{{ "\"}}" }}{{ """a"b""" }}`).render(moment)).toBe('\\d}}"}}a"b');
  });

  it('says where a placeholder is not closed', () => {
    expect(problemOf(() => text('ab {{ n }'))).toEqual({
      message: 'The placeholder that starts here is not closed with }}.',
      offset: 3,
      length: 2,
    });
  });
});

describe('A JSON template', () => {
  it('leaves JSON without placeholders exactly as it is', () => {
    const anyJson = fc.json().filter((each) => !each.includes('{{'));
    fc.assert(
      fc.property(anyJson, (each) => {
        expect(json(each).render(moment)).toBe(each);
      }),
    );
    const odd = ' {"big": 12345678901234567890,\r\n\t"one": 1.0, "e": 1E5, "s": "\\u00e9\\/", "s": -0 }\n';
    expect(json(odd).render(moment)).toBe(odd);
    expect(json(odd).isConstant).toBe(true);
  });

  it('turns a text that is one placeholder into the value itself', () => {
    const template = `{"n": "{{ n }}", "list": ["{{ [1, 2.5, 'x', null] }}"], "map": "{{ {'a': true} }}"}`;
    expect(json(template).render(moment)).toBe('{"n": 1, "list": [[1,2.5,"x",null]], "map": {"a":true}}');
    expect(json('"{{ b\'abc\' }}"').render(moment)).toBe('"YWJj"');
    expect(json('"{{ 9007199254740993 }}"').render(moment)).toBe('9007199254740993');
  });

  it('puts values into other texts and into names as text, escaped', () => {
    const template = String.raw`{"id {{ n }}": "dev-{{ n }} \u00e9 {{ 'a\"b' }}", "{{ deviceId }}": " {{ n }}", "\\{{": 0}`;
    expect(json(template).render(message(7))).toBe(
      String.raw`{"id 7": "dev-7 \u00e9 a\"b", "dev-1": " 7", "{{": 0}`,
    );
  });

  it('stays valid JSON whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (deviceId) => {
        const template = json('{"{{ deviceId }}x": "{{ deviceId }}", "in": ["a {{ deviceId }}"]}');
        const parsed: unknown = JSON.parse(template.render(message(1, deviceId)));
        expect(Object.values(parsed as object)).toEqual([deviceId, [`a ${deviceId}`]]);
        expect(Object.keys(parsed as object)).toContain(`${deviceId}x`);
      }),
    );
  });

  it('is refused exactly when JSON is, in a sentence', () => {
    const nearlyJson = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'{}[]",:01.-e tn\\u\u00a0\n/*') }),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom(',', '"', '}', ' ', '0')).map(([each, at, extra]) => {
        const index = at % (each.length + 1);
        return each.slice(0, index) + extra + each.slice(index);
      }),
    );
    fc.assert(
      fc.property(
        nearlyJson.filter((each) => !each.includes('{{')),
        (each) => {
          if (isJson(each)) {
            expect(json(each).render(moment)).toBe(each);
            return;
          }
          const { message: sentence, offset, length } = problemOf(() => json(each));
          expect(sentence).toMatch(/^[A-Z].*[.n]$/);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(each.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['/*', 'JSON has no comments.', 0, 2],
    ['{"a": 1 "b": 2}', 'A comma is missing here.', 8, 3],
    ['{"a" 1}', 'A colon is missing here.', 5, 1],
    ['[1, 2', 'A closing bracket ] is missing here.', 5, 0],
    ['[1,]', 'A value is missing here.', 3, 1],
    ['// no\n1', 'JSON has no comments.', 0, 5],
    ['{"a": {{ n }}}', 'In JSON a placeholder stands in quotation marks: "{{ … }}".', 6, 2],
    ['['.repeat(100_000), 'This JSON is nested too deeply.', 0, 100_000],
  ])('says what is wrong with %.20s and where', (template, sentence, offset, length) => {
    expect(problemOf(() => json(template))).toEqual({ message: sentence, offset, length });
  });

  it('points into the JSON text, behind its escapes', () => {
    const template = String.raw`{"a": "\u00e9\n{{ pick([\"x\"]) + foo }}"}`;
    const { offset, length } = problemOf(() => json(template));
    expect(template.slice(offset, offset + length)).toBe('foo');
  });

  it('has no NaN and no infinity', () => {
    expect(refusal('0.0 / 0.0')).toBe('"{{ 0.0 / 0.0 }}": JSON has no NaN.');
    expect(refusal('[1.0 / 0.0]')).toBe('"{{ [1.0 / 0.0] }}": JSON has no Infinity.');
    expect(text('{{ 1.0 / 0.0 }}').render(moment)).toBe('Infinity');
  });
});

describe('An expression', () => {
  it.each([
    ['randm(1, 2)', 'there is no function randm(int, int)'],
    ['foo', 'unknown name "foo"'],
    [
      'random("a", 1)',
      'random does not take (string, int), write random(min, max) or random(min, max, digits)',
    ],
    ['random', 'random is a function, write random(min, max)'],
    ['n.foo()', 'there is no function int.foo()'],
    ['"a" + 1', '"+" does not work between string and int'],
    ['-"a"', '"-" does not work with string'],
    ['1 +', 'the expression is not complete'],
    ['size([1)', '"]" is expected before ")"'],
    ['x => 1', 'the character "=" is not expected'],
    ['1 / 0', 'division by zero'],
    ['[1, 2][5]', 'the list has only 2 elements'],
    ['{"a": 1}.b', 'there is no field "b"'],
    ['', 'the placeholder is empty'],
    ['random(5, 1)', 'the minimum 5 is above the maximum 1'],
    ['walk(1, 1, 5, 2)', 'the minimum 5 is above the maximum 2'],
    ['pick([])', 'pick needs at least one element'],
    ['sequence([])', 'sequence needs at least one element'],
    ['hex(5000)', 'hex takes from 1 to 1024 bytes'],
    ['sine(1, 1, 0)', 'the period of sine has to be above 0 seconds'],
  ])('explains %s in one plain sentence', (expression, why) => {
    expect(refusal(expression)).toBe(`"{{ ${expression} }}": ${why}.`);
  });

  it.each([
    ['constructor', 'unknown name "constructor"'],
    ['__proto__', '"__proto__" is a reserved name'],
    ['process', 'unknown name "process"'],
    ['globalThis', 'unknown name "globalThis"'],
    ['this', 'unknown name "this"'],
    ['deviceId.constructor', 'string has no fields'],
    ['{"a": 1}.constructor', 'there is no field "constructor"'],
    ['{"a": 1}["__proto__"]', 'there is no field "__proto__"'],
    ['[1].constructor', undefined],
    ['eval("1")', 'there is no function eval(string)'],
    ['constructor.constructor("return 1")()', undefined],
    ['import("fs")', '"import" is a reserved name'],
  ])('has no way to JavaScript by %s', (expression, why) => {
    const sentence = refusal(expression);
    if (why !== undefined) expect(sentence).toBe(`"{{ ${expression} }}": ${why}.`);
    expect(sentence).not.toContain('\n');
  });

  it('is refused when it is too long, too big or could take too long', () => {
    expect(refusal(`"${'x'.repeat(1000)}"`)).toMatch(/: an expression has at most 1,000 characters\.$/);
    expect(refusal(`[${'1,'.repeat(300)}1]`)).toMatch(/: the expression has too many parts\.$/);
    expect(refusal('[1].map(x, [1].map(y, [1].map(z, 1)))')).toMatch(
      /: an expression has at most 2 of map, /,
    );
    expect(refusal('cel.bind(a, [1], cel.bind(b, a + a, cel.bind(c, b + b, c)))')).toMatch(
      / at most 2 of map, /,
    );
    expect(refusal('deviceId.matches("(a+)+$")')).toMatch(/: matches\(\) is not available in templates\.$/);
    expect(problemOf(() => text('{{ n }}'.repeat(201))).message).toBe(
      'A template has at most 200 placeholders.',
    );
    expect(text('{{ n }}'.repeat(200)).render(moment)).toBe('1'.repeat(200));
  });

  it('may mix whole and other numbers, and types in lists and maps', () => {
    expect(value('n * 0.5 + 1')).toBe(1.5);
    expect(value('10 - 2.5')).toBe(7.5);
    expect(value('1 + n * 0.5 - 2 * 1.5 / 3')).toBe(0.5);
    expect(value('[1, 2].map(x, x * 0.5 + 1)')).toEqual([1.5, 2]);
    expect(value('round(randomInt(3, 3) + random(1, 1) / 2, 1)')).toBe(3.5);
    expect(value('{"a": 1, "b": ["x", 2]}')).toEqual({ a: 1, b: ['x', 2] });
    expect(value('[[1, 2], [3]].map(x, x.map(y, y * 2))')).toEqual([[2, 4], [6]]);
  });
});

describe('The generators', () => {
  it('know every example of their help', () => {
    for (const { signature, example } of generatorHelp) {
      expect(text(example).render(moment), signature).not.toBe('');
    }
  });

  it('tell the time of the moment', () => {
    expect(value('now()')).toBe('2026-01-02T03:04:05.006Z');
    expect(value('epoch()')).toBe(Math.floor(moment.now / 1000));
    expect(value('epochMs()')).toBe(moment.now);
  });

  it('keep random numbers within their range and their decimals', () => {
    const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(bound, bound, fc.nat({ max: 2 ** 31 }), (one, other, seed) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)];
        const template = json(`"{{ random(double('${min}'), double('${max}')) }}"`, seed);
        const number = Number(template.render(moment));
        expect(number).toBeGreaterThanOrEqual(min);
        expect(number).toBeLessThanOrEqual(max);
      }),
    );
    for (const number of values('random(20, 30, 1)', 50)) expect(String(number)).toMatch(/^\d\d(\.\d)?$/);
    for (const number of values('random(20, 30.5)', 50)) expect(String(number)).toMatch(/^\d\d(\.\d\d?)?$/);
  });

  it('reach both ends of a whole range, however wide ranges are', () => {
    expect(new Set(values('randomInt(-1, 1)', 100))).toEqual(new Set([-1, 0, 1]));
    const wide = json('"{{ randomInt(-9223372036854775807, 9223372036854775807) }}"');
    expect(new Set([1, 2, 3].map((n) => wide.render(message(n)))).size).toBe(3);
  });

  it('walk by at most one step and stay between the bounds', () => {
    const steps = values('walk(20, 0.5, 19, 21)', 300).map(Number);
    expect(steps[0]).toBe(20);
    steps.reduce((last, next) => {
      expect(Math.abs(next - last)).toBeLessThanOrEqual(0.51);
      expect(next).toBeGreaterThanOrEqual(19);
      expect(next).toBeLessThanOrEqual(21);
      return next;
    });
    expect(new Set(steps).size).toBeGreaterThan(50);
  });

  it('count and go through sequences on their own at every place and for every device', () => {
    const template = text(
      '{{ counter(10, 5) }} {{ counter(10, 5) + counter(0, 0.5) }} {{ sequence(["a", "b"]) }}',
    );
    expect(template.render(message(1))).toBe('10 10 a');
    expect(template.render(message(2))).toBe('15 15.5 b');
    expect(template.render(message(1, 'dev-2', 1))).toBe('10 10 a');
    expect(template.render(message(3))).toBe('20 21 a');
    const either = text('{{ n % 2 == 0 ? counter(0, 1) : counter(100, 1) }}');
    expect([1, 2, 3, 4].map((n) => either.render(message(n)))).toEqual(['100', '0', '101', '1']);
  });

  it('make waves that differ from device to device', () => {
    const template = text('{{ sine(20, 5, 3600) }}');
    const readings = Array.from({ length: 60 }, (_, minute) =>
      Number(template.render({ ...moment, now: moment.now + minute * 60_000 })),
    );
    expect(Math.max(...readings)).toBeCloseTo(25, 1);
    expect(Math.min(...readings)).toBeCloseTo(15, 1);
    expect(template.render(message(1, 'dev-2', 1))).not.toBe(template.render(moment));
  });

  it('pick, and throw coins', () => {
    expect(new Set(values('pick(["a", 1])', 50))).toEqual(new Set(['a', 1]));
    expect(new Set(values('bool()', 50))).toEqual(new Set([true, false]));
    expect(new Set([...values('chance(0)', 50), ...values('!chance(1)', 50)])).toEqual(new Set([false]));
    expect(value('hex(4)')).toMatch(/^[0-9a-f]{8}$/);
    expect(value('round(2.346, 2)')).toBe(2.35);
    expect(value('round(-0.001, 2)')).toBe(0);
    expect(value('fullName()')).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  });

  const everything =
    '{{ random(0, 1, 9) }} {{ uuid() }} {{ walk(1, 1) }} {{ hex(8) }} {{ word() }} {{ randomInt(0, 1000000) }}';

  it('repeat a whole run with the same seed, in whatever order the devices send', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }),
        (seed, order) => {
          const [first, second] = [text(everything, seed), text(everything, seed)];
          const run = (template: MessageTemplate, devices: readonly string[]): string[] =>
            devices.map((device, index) => `${device} ${template.render(message(index, device))}`);
          const grouped = [...order].sort();
          expect(run(first, order).sort()).toEqual(run(second, grouped).sort());
        },
      ),
    );
  });

  it('give different devices, seeds and runs without a seed different values', () => {
    const template = text(everything);
    const first = template.render(message(1, 'dev-1'));
    expect(template.render(message(1, 'dev-2', 1))).not.toBe(first);
    expect(text(everything, 2).render(moment)).not.toBe(first);
    const unseeded = (): string => MessageTemplate.text(everything, new Generators()).render(moment);
    expect(unseeded()).not.toBe(unseeded());
  });

  it('make UUIDs of version 4, seeded or not', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const each of values('uuid()', 50)) expect(each).toMatch(uuid);
    expect(MessageTemplate.text('{{ uuid() }}', new Generators()).render(moment)).toMatch(uuid);
  });
});

function isJson(each: string): boolean {
  try {
    JSON.parse(each);
    return true;
  } catch {
    return false;
  }
}
