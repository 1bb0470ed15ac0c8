import { randomInt } from 'node:crypto';
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { explain, rangeOf } from './expressionProblems';
import { type GeneratorScope, registerFunctions, registerMixedArithmetic } from './generatorFunctions';
import { hashText, mulberry32, type Random } from './random';
import { registerStatefulFunctions } from './statefulFunctions';
import { ExpressionError, type TemplateMoment } from './templateError';

export { generatorHelp } from './generatorHelp';

/** A moment as the expressions of one message see it. */
export interface GeneratorMoment {
  readonly moment: TemplateMoment;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An expression that is parsed and checked. */
export interface CompiledExpression {
  /** @throws ExpressionError */
  evaluate(at: GeneratorMoment): unknown;
}

interface PlaceState {
  readonly random: Random;
  readonly memory: Map<number, number | bigint>;
}

const maxExpressionLength = 1000;
const maxMacros = 2;
const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);
/** matches: a regular expression can run for years. split and json: they make lists of any length. */
const refusedMethods = new Set(['matches', 'split', 'json']);

/**
 * What expressions can call, and the random numbers, walks and counters behind it: one for a whole run.
 * With a seed, the same templates in the same order give the same messages again; what a device gets does
 * not depend on when the other devices send.
 */
export class Generators {
  private readonly environment: Environment;
  private readonly scope: GeneratorScope;
  private readonly seed: number;
  private places = 0;

  constructor(options: { readonly seed?: number } = {}) {
    this.seed = options.seed ?? randomInt(2 ** 47);
    this.scope = {
      seeded: options.seed !== undefined,
      moment: { deviceId: '', deviceIndex: 0, n: 1, now: 0 },
      random: mulberry32(this.seed),
      memory: new Map(),
    };
    this.environment = new Environment({
      // A map with a number and a text in it is an ordinary JSON object.
      homogeneousAggregateLiterals: false,
      limits: {
        maxAstNodes: 300,
        maxDepth: 50,
        maxListElements: 200,
        maxMapEntries: 200,
        maxCallArguments: 8,
      },
    });
    this.environment
      .registerVariable('deviceId', 'string')
      .registerVariable('deviceIndex', 'int')
      .registerVariable('n', 'int');
    registerFunctions(this.environment, this.scope);
    registerStatefulFunctions(this.environment, this.scope);
    registerMixedArithmetic(this.environment);
  }

  /** Prepares a moment for all expressions of one message. */
  at(moment: TemplateMoment): GeneratorMoment {
    const { deviceId, deviceIndex, n } = moment;
    return { moment, variables: { deviceId, deviceIndex: BigInt(deviceIndex), n: BigInt(n) } };
  }

  /**
   * Parses and checks an expression, which gets a memory of its own for each device.
   *
   * @throws ExpressionError
   */
  compile(expression: string): CompiledExpression {
    const run = this.parse(expression);
    const place = this.places++;
    const states = new Map<string, PlaceState>();
    return {
      evaluate: ({ moment, variables }) => {
        let state = states.get(moment.deviceId);
        if (state === undefined) {
          const random = mulberry32(hashText(`${this.seed} ${place} ${moment.deviceId}`));
          state = { random, memory: new Map() };
          states.set(moment.deviceId, state);
        }
        this.scope.moment = moment;
        this.scope.random = state.random;
        this.scope.memory = state.memory;
        try {
          return run(variables) as unknown;
        } catch (error) {
          throw new ExpressionError(explain(error), rangeOf(error), error);
        }
      },
    };
  }

  private parse(expression: string): ParseResult {
    if (expression.length > maxExpressionLength) {
      throw new ExpressionError('an expression has at most 1,000 characters', undefined);
    }
    if (expression.trim() === '') throw new ExpressionError('the placeholder is empty', undefined);
    let parsed: ParseResult;
    try {
      parsed = this.environment.parse(expression);
    } catch (error) {
      throw new ExpressionError(explain(error), rangeOf(error), error);
    }
    refuseExplosions(parsed.ast);
    const { valid, error } = parsed.check();
    if (!valid) throw new ExpressionError(explain(error), rangeOf(error), error);
    return parsed;
  }
}

/**
 * The library limits the text of an expression but not its work: every macro multiplies it. With two at
 * most, and lists that only come from the text, it stays within milliseconds.
 */
function refuseExplosions(root: unknown): void {
  let found = 0;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit);
      return;
    }
    if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return;
    const name: unknown = node.op === 'rcall' && Array.isArray(node.args) ? node.args[0] : undefined;
    if (typeof name === 'string' && refusedMethods.has(name)) {
      throw new ExpressionError(`${name}() is not available in templates`, rangeOf(node));
    }
    if (typeof name === 'string' && macros.has(name) && ++found > maxMacros) {
      throw new ExpressionError(
        `an expression has at most ${maxMacros} of map, filter, all, exists, exists_one and bind`,
        undefined,
      );
    }
    visit(node.args);
  };
  visit(root);
}
