import { randomUUID } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { type Environment } from '@marcbachmann/cel-js';
import { formatCount } from '../base/numbers';
import { cities, firstNames, lastNames, words } from './generatorWords';
import { type Random, randomBetween, randomHex, randomUuidFrom, roundTo } from './random';
import { type TemplateMoment } from './templateError';

/** The context of the functions, set before an expression is evaluated. */
export interface GeneratorScope {
  readonly seeded: boolean;
  moment: TemplateMoment;
  /** Random numbers of the device and the placeholder, so that the values of devices do not depend on their order. */
  random: Random;
  /** State of walks, counters and sequences, by call site. */
  memory: Map<number, number | bigint>;
}

type Numeric = number | bigint;
const maxHexBytes = 1024;

/** Registers `name(number, …)` for every combination of int and double, since CEL has no implicit conversion. */
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

/** Registers the stateless functions. */
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
    if (low > high) throw new Error(l10n.t('There is no integer from {0} to {1}.', String(min), String(max)));
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
    if (list.length === 0) throw new Error(l10n.t('{0} requires at least one element.', 'pick'));
    return anyOf(list);
  });
  add('uuid', [], 'string', () => (scope.seeded ? randomUuidFrom(scope.random) : randomUUID()));
  add('hex', ['int'], 'string', (bytes: bigint) => {
    if (bytes < 1n || bytes > maxHexBytes) {
      throw new Error(l10n.t('{0} accepts 1 to {1} bytes.', 'hex', formatCount(maxHexBytes)));
    }
    return randomHex(Number(bytes), scope.random);
  });
  add('firstName', [], 'string', () => anyOf(firstNames));
  add('lastName', [], 'string', () => anyOf(lastNames));
  add('fullName', [], 'string', () => `${anyOf(firstNames)} ${anyOf(lastNames)}`);
  add('city', [], 'string', () => anyOf(cities));
  add('word', [], 'string', () => anyOf(words));
}

/** CEL rejects `n * 0.5`, which is common in templates: allows arithmetic with int and double. */
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

/** The error of a range whose minimum exceeds its maximum. */
export const rangeProblem = (min: number, max: number): string =>
  l10n.t('The minimum {0} is greater than the maximum {1}.', String(min), String(max));

function randomNumber(min: number, max: number, digits: number, chance: number): number {
  if (!(min <= max)) throw new Error(rangeProblem(min, max));
  // min + (max - min) * chance would overflow for the widest ranges.
  const value = roundTo(min * (1 - chance) + max * chance, digits);
  return Math.min(max, Math.max(min, value));
}

function sine(mean: number, amplitude: number, period: number, moment: TemplateMoment): number {
  if (!(period > 0)) throw new Error(l10n.t('The period of {0} must be greater than 0 seconds.', 'sine'));
  // The golden ratio distributes any number of devices evenly over the wave.
  const shift = moment.deviceIndex * 0.618_033_988_749_895;
  const turns = (moment.now % (period * 1000)) / (period * 1000) + shift;
  return roundTo(mean + amplitude * Math.sin(2 * Math.PI * turns), 2);
}

function digitsOf(digits: Numeric): number {
  if (digits < 0 || digits > 15) throw new Error(l10n.t('The number of digits must be from 0 to 15.'));
  return Number(digits);
}

function wholeNumber(value: Numeric, round: (value: number) => number): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isFinite(value)) throw new Error(l10n.t('{0} is not an integer.', String(value)));
  return BigInt(round(value));
}
