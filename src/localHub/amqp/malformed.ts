/** The peer sent bytes that are not valid AMQP 1.0. */
export class MalformedError extends Error {
  constructor(
    reason: string,
    /** Error condition of the CLOSE (AMQP 1.0 parts 2.8.15 to 2.8.18). */
    readonly condition = 'amqp:connection:framing-error',
  ) {
    super(reason);
    this.name = 'MalformedError';
  }
}
