import { IotError } from '../errors';

/** What a message is rendered for. */
export interface TemplateMoment {
  readonly deviceId: string;
  /** From 0. */
  readonly deviceIndex: number;
  /** The number of this message of this device, from 1. */
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is wrong with a template, in one sentence, and where in its text. */
export interface TemplateProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** A template that cannot be used, or whose expression failed; the message can be shown as it is. */
export class TemplateError extends IotError {
  constructor(
    readonly problem: TemplateProblem,
    cause?: unknown,
  ) {
    super('invalidInput', problem.message, { cause });
  }
}

/** Why an expression is refused or failed, without its text; the range is within the expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    message: string,
    readonly range: { readonly start: number; readonly end: number } | undefined,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
