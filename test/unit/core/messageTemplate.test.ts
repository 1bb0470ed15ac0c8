import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorReference, Generators } from '../../../src/core/template/generators';
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
/** The JSON value of one expression. */
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

describe('text template', () => {
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

  it('supports two forms of literal braces', () => {
    expect(text('a \\{{ n }} b {{ n }} \\{{').render(moment)).toBe('a {{ n }} b 1 {{');
    expect(text('{{ "{{" }}{{ \'}}\' }}').render(moment)).toBe('{{}}');
  });

  it('finds the end of a placeholder that contains maps and strings with braces', () => {
    expect(text('{{ {"a": {"b": "}}"}} }}|{{{"a":n}}}').render(moment)).toBe('{"a":{"b":"}}"}}|{"a":1}');
    expect(text(String.raw`{{ r"\d}}" }}{{ "\"}}" }}{{ """a"b""" }}`).render(moment)).toBe('\\d}}"}}a"b');
  });

  it('reports the position of a placeholder that is not closed', () => {
    expect(problemOf(() => text('ab {{ n }'))).toEqual({
      message: 'The placeholder is not closed with }}.',
      offset: 3,
      length: 2,
    });
  });
});

describe('JSON template', () => {
  it('keeps JSON without placeholders unchanged', () => {
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

  it('replaces a string that consists of one placeholder by the value', () => {
    const template = `{"n": "{{ n }}", "list": ["{{ [1, 2.5, 'x', null] }}"], "map": "{{ {'a': true} }}"}`;
    expect(json(template).render(moment)).toBe('{"n": 1, "list": [[1,2.5,"x",null]], "map": {"a":true}}');
    expect(json('"{{ b\'abc\' }}"').render(moment)).toBe('"YWJj"');
    expect(json('"{{ 9007199254740993 }}"').render(moment)).toBe('9007199254740993');
  });

  it('inserts values into other strings and names as escaped text', () => {
    const template = String.raw`{"id {{ n }}": "dev-{{ n }} \u00e9 {{ 'a\"b' }}", "{{ deviceId }}": " {{ n }}", "\\{{": 0}`;
    expect(json(template).render(message(7))).toBe(
      String.raw`{"id 7": "dev-7 \u00e9 a\"b", "dev-1": " 7", "{{": 0}`,
    );
  });

  it('produces valid JSON for any values', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (deviceId) => {
        const template = json('{"{{ deviceId }}x": "{{ deviceId }}", "in": ["a {{ deviceId }}"]}');
        const parsed: unknown = JSON.parse(template.render(message(1, deviceId)));
        expect(Object.values(parsed as object)).toEqual([deviceId, [`a ${deviceId}`]]);
        expect(Object.keys(parsed as object)).toContain(`${deviceId}x`);
      }),
    );
  });

  it('is rejected exactly if the text is not valid JSON', () => {
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
    ['/*', 'Comments are not allowed in JSON.', 0, 2],
    ['{"a": 1 "b": 2}', 'Expected a comma.', 8, 3],
    ['{"a" 1}', 'Expected a colon.', 5, 1],
    ['[1, 2', 'Expected a closing bracket.', 5, 0],
    ['[1,]', 'Expected a value.', 3, 1],
    ['// no\n1', 'Comments are not allowed in JSON.', 0, 5],
    ['{"a": {{ n }}}', 'In JSON, placeholders must be in quotation marks: "{{ … }}".', 6, 2],
    ['['.repeat(100_000), 'The JSON text is nested too deeply.', 0, 100_000],
  ])('reports the problem of %.20s and its position', (template, sentence, offset, length) => {
    expect(problemOf(() => json(template))).toEqual({ message: sentence, offset, length });
  });

  it('reports positions in the JSON text after escape sequences', () => {
    const template = String.raw`{"a": "\u00e9\n{{ pick([\"x\"]) + foo }}"}`;
    const { offset, length } = problemOf(() => json(template));
    expect(template.slice(offset, offset + length)).toBe('foo');
  });

  it('rejects NaN and infinity', () => {
    expect(refusal('0.0 / 0.0')).toBe('"{{ 0.0 / 0.0 }}": JSON cannot represent NaN.');
    expect(refusal('[1.0 / 0.0]')).toBe('"{{ [1.0 / 0.0] }}": JSON cannot represent Infinity.');
    expect(text('{{ 1.0 / 0.0 }}').render(moment)).toBe('Infinity');
  });
});

describe('template expression', () => {
  it.each([
    ['randm(1, 2)', 'Unknown function randm(int, int)'],
    ['foo', 'Unknown name "foo"'],
    [
      'random("a", 1)',
      'random does not accept (string, int). Use random(min, max) or random(min, max, digits)',
    ],
    ['random', '"random" is a function. Use random(min, max)'],
    ['n.foo()', 'Unknown function int.foo()'],
    ['"a" + 1', 'Operator "+" cannot be used with string and int'],
    ['-"a"', 'Operator "-" cannot be used with string'],
    ['1 +', 'The expression is incomplete'],
    ['size([1)', 'Expected "]" before ")"'],
    ['x => 1', 'Unexpected character "="'],
    ['1 / 0', 'Division by zero'],
    ['[1, 2][5]', 'The list has only 2 elements'],
    ['{"a": 1}.b', 'Unknown field "b"'],
    ['', 'The placeholder is empty'],
    ['random(5, 1)', 'The minimum 5 is greater than the maximum 1'],
    ['walk(1, 1, 5, 2)', 'The minimum 5 is greater than the maximum 2'],
    ['pick([])', 'pick requires at least one element'],
    ['sequence([])', 'sequence requires at least one element'],
    ['hex(5000)', 'hex accepts 1 to 1,024 bytes'],
    ['sine(1, 1, 0)', 'The period of sine must be greater than 0 seconds'],
  ])('explains the problem of %s in one sentence', (expression, why) => {
    expect(refusal(expression)).toBe(`"{{ ${expression} }}": ${why}.`);
  });

  it.each([
    ['constructor', 'Unknown name "constructor"'],
    ['__proto__', '"__proto__" is a reserved name'],
    ['process', 'Unknown name "process"'],
    ['globalThis', 'Unknown name "globalThis"'],
    ['this', 'Unknown name "this"'],
    ['deviceId.constructor', 'Type string has no fields'],
    ['{"a": 1}.constructor', 'Unknown field "constructor"'],
    ['{"a": 1}["__proto__"]', 'Unknown field "__proto__"'],
    ['[1].constructor', undefined],
    ['eval("1")', 'Unknown function eval(string)'],
    ['constructor.constructor("return 1")()', undefined],
    ['import("fs")', '"import" is a reserved name'],
  ])('cannot access JavaScript with %s', (expression, why) => {
    const sentence = refusal(expression);
    if (why !== undefined) expect(sentence).toBe(`"{{ ${expression} }}": ${why}.`);
    expect(sentence).not.toContain('\n');
  });

  it('is rejected if it is too long, too complex or could take too long', () => {
    expect(refusal(`"${'x'.repeat(1000)}"`)).toMatch(/: An expression can have at most 1,000 characters\.$/);
    expect(refusal(`[${'1,'.repeat(300)}1]`)).toMatch(/: The expression is too complex\.$/);
    expect(refusal('[1].map(x, [1].map(y, [1].map(z, 1)))')).toMatch(
      /: An expression can use at most 2 of the macros all, exists, exists_one, map, filter, and bind\.$/,
    );
    expect(refusal('cel.bind(a, [1], cel.bind(b, a + a, cel.bind(c, b + b, c)))')).toMatch(
      / at most 2 of the macros all, /,
    );
    expect(refusal('deviceId.matches("(a+)+$")')).toMatch(/: matches\(\) is not available in templates\.$/);
    expect(problemOf(() => text('{{ n }}'.repeat(201))).message).toBe(
      'A template can have at most 200 placeholders.',
    );
    expect(text('{{ n }}'.repeat(200)).render(moment)).toBe('1'.repeat(200));
  });

  it('can mix integers and doubles, and types in lists and maps', () => {
    expect(value('n * 0.5 + 1')).toBe(1.5);
    expect(value('10 - 2.5')).toBe(7.5);
    expect(value('1 + n * 0.5 - 2 * 1.5 / 3')).toBe(0.5);
    expect(value('[1, 2].map(x, x * 0.5 + 1)')).toEqual([1.5, 2]);
    expect(value('round(randomInt(3, 3) + random(1, 1) / 2, 1)')).toBe(3.5);
    expect(value('{"a": 1, "b": ["x", 2]}')).toEqual({ a: 1, b: ['x', 2] });
    expect(value('[[1, 2], [3]].map(x, x.map(y, y * 2))')).toEqual([[2, 4], [6]]);
  });
});

describe('generator functions', () => {
  it('evaluate every example of the reference', () => {
    for (const { signature, example } of generatorReference()) {
      expect(text(example).render(moment), signature).not.toBe('');
    }
  });

  it('return the time of the message', () => {
    expect(value('now()')).toBe('2026-01-02T03:04:05.006Z');
    expect(value('epoch()')).toBe(Math.floor(moment.now / 1000));
    expect(value('epochMs()')).toBe(moment.now);
  });

  it('keep random numbers within their range and number of decimals', () => {
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

  it('reach both ends of an integer range, however wide it is', () => {
    expect(new Set(values('randomInt(-1, 1)', 100))).toEqual(new Set([-1, 0, 1]));
    const wide = json('"{{ randomInt(-9223372036854775807, 9223372036854775807) }}"');
    expect(new Set([1, 2, 3].map((n) => wide.render(message(n)))).size).toBe(3);
  });

  it('walk by at most one step within the bounds', () => {
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

  it('keep separate counters and sequences for every placeholder and device', () => {
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

  it('generate sine waves that differ between devices', () => {
    const template = text('{{ sine(20, 5, 3600) }}');
    const readings = Array.from({ length: 60 }, (_, minute) =>
      Number(template.render({ ...moment, now: moment.now + minute * 60_000 })),
    );
    expect(Math.max(...readings)).toBeCloseTo(25, 1);
    expect(Math.min(...readings)).toBeCloseTo(15, 1);
    expect(template.render(message(1, 'dev-2', 1))).not.toBe(template.render(moment));
  });

  it('pick random elements and booleans', () => {
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

  it('reproduce a run with the same seed, in whatever order the devices send', () => {
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

  it('return different values for different devices, seeds and runs without a seed', () => {
    const template = text(everything);
    const first = template.render(message(1, 'dev-1'));
    expect(template.render(message(1, 'dev-2', 1))).not.toBe(first);
    expect(text(everything, 2).render(moment)).not.toBe(first);
    const unseeded = (): string => MessageTemplate.text(everything, new Generators()).render(moment);
    expect(unseeded()).not.toBe(unseeded());
  });

  it('generate version 4 UUIDs with and without a seed', () => {
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
