import { IotError } from '../errors';

/** The device and the time that a message is rendered for. */
export interface TemplateMoment {
  readonly deviceId: string;
  /** From 0. */
  readonly deviceIndex: number;
  /** Sequence number of the message for this device, starting at 1. */
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A problem of a template and its position. */
export interface TemplateProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** A template that is not valid, or whose expression failed; the message is meant for the user. */
export class TemplateError extends IotError {
  constructor(
    readonly problem: TemplateProblem,
    cause?: unknown,
  ) {
    super('invalidInput', problem.message, { cause });
  }
}

/** Why an expression was rejected or failed; the range is within the expression. */
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
