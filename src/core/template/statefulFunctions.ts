import * as l10n from '@vscode/l10n';
import { type Environment } from '@marcbachmann/cel-js';
import { rangeProblem, type GeneratorScope } from './generatorFunctions';
import { roundTo } from './random';

/** The used parts of the macro protocol of the library, which declares them as `any`. */
interface CelType {
  readonly name: string;
  readonly kind: string;
  readonly valueType?: CelType;
}
interface Checker {
  check(node: unknown, context: unknown): CelType;
  getType(name: string): CelType;
  createError(code: string, message: string, node: unknown): Error;
}
interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}
interface Call {
  readonly ast: unknown;
  readonly args: readonly unknown[];
}

/**
 * Registers the stateful functions walk, counter and sequence. They are macros because a macro is created per call
 * site at parse time, which identifies its state: the walks of `n % 2 == 0 ? walk(1, 1) : walk(9, 1)` are independent.
 */
export function registerStatefulFunctions(environment: Environment, scope: GeneratorScope): void {
  let site = 0;
  const add = (
    name: string,
    parameters: number,
    typeOf: (types: readonly CelType[], checker: Checker) => CelType | undefined,
    next: (values: readonly unknown[], site: number) => unknown,
  ): void => {
    const signature = `${name}(${Array<string>(parameters).fill('ast').join(', ')}): dyn`;
    environment.registerFunction(signature, ({ ast, args }: Call) => {
      const own = site++;
      return {
        async: false,
        typeCheck(checker: Checker, _macro: unknown, context: unknown) {
          const types = args.map((node) => checker.check(node, context));
          const type = typeOf(types, checker);
          if (type !== undefined) return type;
          const call = `${name}(${types.map((each) => each.name).join(', ')})`;
          throw checker.createError('no_matching_overload', `overload: '${call}'`, ast);
        },
        evaluate: (evaluator: Evaluator, _macro: unknown, context: unknown) =>
          next(
            args.map((node) => evaluator.run(node, context)),
            own,
          ),
      };
    });
  };

  const walk = (values: readonly unknown[], own: number): number => {
    const [start = 0, step = 0, min = -Infinity, max = Infinity] = values.map(asNumber);
    if (min > max) throw new Error(rangeProblem(min, max));
    const clamp = (value: number): number => Math.min(max, Math.max(min, value));
    const last = scope.memory.get(own);
    const value = clamp(last === undefined ? start : Number(last) + (scope.random() * 2 - 1) * step);
    // Keeps the exact value: steps below 0.01 would never change the rounded one.
    scope.memory.set(own, value);
    return clamp(roundTo(value, 2));
  };
  add('walk', 2, numbersTo('double'), walk);
  add('walk', 4, numbersTo('double'), walk);

  add('counter', 2, countedType, ([start, step], own) => {
    const last = scope.memory.get(own);
    const value = last === undefined ? asNumeric(start) : plus(last, asNumeric(step));
    scope.memory.set(own, value);
    return value;
  });

  add('sequence', 1, elementType, ([list], own) => {
    if (!Array.isArray(list)) throw new Error(l10n.t('{0} requires a list.', 'sequence'));
    if (list.length === 0) throw new Error(l10n.t('{0} requires at least one element.', 'sequence'));
    const index = Number(scope.memory.get(own) ?? 0);
    scope.memory.set(own, index + 1);
    return list[index % list.length] as unknown;
  });
}

const isNumber = ({ name }: CelType): boolean => name === 'int' || name === 'double' || name === 'dyn';

function numbersTo(result: string) {
  return (types: readonly CelType[], checker: Checker): CelType | undefined =>
    types.every(isNumber) ? checker.getType(result) : undefined;
}

function countedType(types: readonly CelType[], checker: Checker): CelType | undefined {
  if (!types.every(isNumber)) return undefined;
  const names = types.map(({ name }) => name);
  return checker.getType(names.every((name) => name === names[0]) ? (names[0] ?? 'dyn') : 'dyn');
}

function elementType([list]: readonly CelType[], checker: Checker): CelType | undefined {
  if (list?.kind === 'list') return list.valueType ?? checker.getType('dyn');
  return list?.name === 'dyn' ? list : undefined;
}

function asNumeric(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new Error(l10n.t('Expected a number.'));
}

const asNumber = (value: unknown): number => Number(asNumeric(value));

function plus(left: number | bigint, right: number | bigint): number | bigint {
  return typeof left === 'bigint' && typeof right === 'bigint' ? left + right : Number(left) + Number(right);
}
