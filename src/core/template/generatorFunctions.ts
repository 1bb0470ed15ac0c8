import { randomUUID } from 'node:crypto';
import { type Environment } from '@marcbachmann/cel-js';
import { cities, firstNames, lastNames, words } from './generatorWords';
import { type Random, randomBetween, randomHex, randomUuidFrom, roundTo } from './random';
import { type TemplateMoment } from './templateError';

/** What the functions read while an expression is evaluated: it is set right before. */
export interface GeneratorScope {
  readonly seeded: boolean;
  moment: TemplateMoment;
  /** Of the device and the place in the template, so that devices do not depend on their order. */
  random: Random;
  /** What walks, counters and sequences remember, by call site. */
  memory: Map<number, number | bigint>;
}

type Numeric = number | bigint;
const maxHexBytes = 1024;

/** Registers `name(number, …)` once per mix of int and double, since CEL converts nothing by itself. */
function define(
  environment: Environment,
  name: string,
  parameters: readonly string[],
  returns: string,
  handler: (...values: never[]) => unknown,
): void {
  let mixes: string[][] = [[]];
  for (const parameter of parameters) {
    const types = parameter === 'number' ? ['int', 'double'] : [parameter];
    mixes = mixes.flatMap((mix) => types.map((type) => [...mix, type]));
  }
  for (const mix of mixes) {
    environment.registerFunction(`${name}(${mix.join(', ')}): ${returns}`, handler, { async: false });
  }
}

/** Registers everything that needs no memory. */
export function registerFunctions(environment: Environment, scope: GeneratorScope): void {
  const add = define.bind(undefined, environment);
  const time = (): number => Math.floor(scope.moment.now);
  const anyOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(scope.random() * list.length)];

  add('now', [], 'string', () => new Date(time()).toISOString());
  add('epoch', [], 'int', () => BigInt(Math.floor(time() / 1000)));
  add('epochMs', [], 'int', () => BigInt(time()));

  const random = (min: Numeric, max: Numeric, digits: Numeric = 2): number =>
    randomNumber(Number(min), Number(max), digitsOf(digits), scope.random());
  add('random', ['number', 'number'], 'double', random);
  add('random', ['number', 'number', 'int'], 'double', random);
  add('randomInt', ['number', 'number'], 'int', (min: Numeric, max: Numeric) => {
    const [low, high] = [wholeNumber(min, Math.ceil), wholeNumber(max, Math.floor)];
    if (low > high) throw new Error(`there is no whole number from ${min} to ${max}`);
    return randomBetween(low, high, scope.random);
  });
  add('chance', ['number'], 'bool', (p: Numeric) => scope.random() < Number(p));
  add('bool', [], 'bool', () => scope.random() < 0.5);
  add('round', ['number', 'int'], 'double', (x: Numeric, digits: bigint) =>
    roundTo(Number(x), digitsOf(digits)),
  );
  add(
    'sine',
    ['number', 'number', 'number'],
    'double',
    (mean: Numeric, amplitude: Numeric, period: Numeric) =>
      sine(Number(mean), Number(amplitude), Number(period), scope.moment),
  );

  add('pick', ['list<T>'], 'T', (list: readonly unknown[]) => {
    if (list.length === 0) throw new Error('pick needs at least one element');
    return anyOf(list);
  });
  add('uuid', [], 'string', () => (scope.seeded ? randomUuidFrom(scope.random) : randomUUID()));
  add('hex', ['int'], 'string', (bytes: bigint) => {
    if (bytes < 1n || bytes > maxHexBytes) throw new Error(`hex takes from 1 to ${maxHexBytes} bytes`);
    return randomHex(Number(bytes), scope.random);
  });
  add('firstName', [], 'string', () => anyOf(firstNames));
  add('lastName', [], 'string', () => anyOf(lastNames));
  add('fullName', [], 'string', () => `${anyOf(firstNames)} ${anyOf(lastNames)}`);
  add('city', [], 'string', () => anyOf(cities));
  add('word', [], 'string', () => anyOf(words));
}

/** CEL refuses `n * 0.5`; in a template that is what people write first, so int and double mix here. */
export function registerMixedArithmetic(environment: Environment): void {
  const operators: Record<string, (left: number, right: number) => number> = {
    '+': (left, right) => left + right,
    '-': (left, right) => left - right,
    '*': (left, right) => left * right,
    '/': (left, right) => left / right,
  };
  for (const [sign, apply] of Object.entries(operators)) {
    const handler = (left: Numeric, right: Numeric): number => apply(Number(left), Number(right));
    environment.registerOperator(`int ${sign} double: double`, handler);
    environment.registerOperator(`double ${sign} int: double`, handler);
  }
}

function randomNumber(min: number, max: number, digits: number, chance: number): number {
  if (!(min <= max)) throw new Error(`the minimum ${min} is above the maximum ${max}`);
  // Not min + (max - min) * chance, which overflows for the widest ranges.
  const value = roundTo(min * (1 - chance) + max * chance, digits);
  return Math.min(max, Math.max(min, value));
}

function sine(mean: number, amplitude: number, period: number, moment: TemplateMoment): number {
  if (!(period > 0)) throw new Error('the period of sine has to be above 0 seconds');
  // The golden ratio spreads any number of devices evenly over the wave.
  const shift = moment.deviceIndex * 0.618_033_988_749_895;
  const turns = (moment.now % (period * 1000)) / (period * 1000) + shift;
  return roundTo(mean + amplitude * Math.sin(2 * Math.PI * turns), 2);
}

function digitsOf(digits: Numeric): number {
  if (digits < 0 || digits > 15) throw new Error('digits is from 0 to 15');
  return Number(digits);
}

function wholeNumber(value: Numeric, round: (value: number) => number): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isFinite(value)) throw new Error(`${value} is not a whole number`);
  return BigInt(round(value));
}
