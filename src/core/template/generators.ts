import { randomInt } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { listText } from '../base/lists';
import { formatCount } from '../base/numbers';
import { explain, rangeOf } from './expressionProblems';
import { type GeneratorScope, registerFunctions, registerMixedArithmetic } from './generatorFunctions';
import { hashText, mulberry32, type Random } from './random';
import { registerStatefulFunctions } from './statefulFunctions';
import { ExpressionError, type TemplateMoment } from './templateError';

export { generatorReference } from './generatorReference';

/** The context of the expressions of one message. */
export interface GeneratorMoment {
  readonly moment: TemplateMoment;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An expression that was parsed and type-checked. */
export interface CompiledExpression {
  /** @throws ExpressionError */
  evaluate(at: GeneratorMoment): unknown;
}

interface ExpressionState {
  readonly random: Random;
  readonly memory: Map<number, number | bigint>;
}

const maxExpressionLength = 1000;
const maxMacros = 2;
const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);
/** matches: a regular expression may not terminate in reasonable time. split and json: create lists of any length. */
const refusedMethods = new Set(['matches', 'split', 'json']);

/**
 * The functions of expressions, and the state of their random numbers, walks and counters for a whole run. With a
 * seed, the same templates in the same order produce the same messages; the values of a device do not depend on when
 * other devices send.
 */
export class Generators {
  private readonly environment: Environment;
  private readonly scope: GeneratorScope;
  private readonly seed: number;
  private expressionCount = 0;

  constructor(options: { readonly seed?: number } = {}) {
    this.seed = options.seed ?? randomInt(2 ** 47);
    this.scope = {
      seeded: options.seed !== undefined,
      moment: { deviceId: '', deviceIndex: 0, n: 1, now: 0 },
      random: mulberry32(this.seed),
      memory: new Map(),
    };
    this.environment = new Environment({
      // A map with values of different types is a valid JSON object.
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

  /** Prepares the context of all expressions of one message. */
  at(moment: TemplateMoment): GeneratorMoment {
    const { deviceId, deviceIndex, n } = moment;
    return { moment, variables: { deviceId, deviceIndex: BigInt(deviceIndex), n: BigInt(n) } };
  }

  /**
   * Parses and type-checks an expression, which has separate state for each device.
   *
   * @throws ExpressionError
   */
  compile(expression: string): CompiledExpression {
    const run = this.parse(expression);
    const expressionIndex = this.expressionCount++;
    const states = new Map<string, ExpressionState>();
    return {
      evaluate: ({ moment, variables }) => {
        let state = states.get(moment.deviceId);
        if (state === undefined) {
          const random = mulberry32(hashText(`${this.seed} ${expressionIndex} ${moment.deviceId}`));
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
      throw new ExpressionError(
        l10n.t('An expression can have at most {0} characters.', formatCount(maxExpressionLength)),
        undefined,
      );
    }
    if (expression.trim() === '') {
      throw new ExpressionError(l10n.t('The placeholder is empty.'), undefined);
    }
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
 * The library limits the length of an expression but not its cost, which every macro multiplies. With at most two
 * macros, and lists that only come from the expression, evaluation takes milliseconds.
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
      throw new ExpressionError(l10n.t('{0}() is not available in templates.', name), rangeOf(node));
    }
    if (typeof name === 'string' && macros.has(name) && ++found > maxMacros) {
      throw new ExpressionError(
        l10n.t(
          'An expression can use at most {0} of the macros {1}.',
          formatCount(maxMacros),
          listText([...macros]),
        ),
        undefined,
      );
    }
    visit(node.args);
  };
  visit(root);
}
