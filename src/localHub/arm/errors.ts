import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/router';

/** An error response. */
export class ArmError extends Error {
  constructor(readonly answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.name = 'ArmError';
  }
}

/** An error response of the ARM platform; those of the resource provider have another format. */
export const platformError = (
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): Answer => ({ status, body: { error: { code, message, ...more } } });

export const refuse = (...error: Parameters<typeof platformError>): never => {
  throw new ArmError(platformError(...error));
};

/** An error response of the resource provider, whose code is a number. */
export const providerError = (status: number, code: number, name: string, message: string): Answer => ({
  status,
  body: {
    code,
    httpStatusCode: name,
    message: `${message} If you contact a support representative please include this correlation identifier: ${randomUUID()}, timestamp: ${new Date()
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z')}, errorcode: IH${code}.`,
  },
});

export const refuseAsProvider = (...error: Parameters<typeof providerError>): never => {
  throw new ArmError(providerError(...error));
};

/** Refuses the value of a property. */
export const refuseRange = (what: string, value: unknown, low: number, high: number): never =>
  refuseAsProvider(
    400,
    400_016,
    'BadRequest',
    `Invalid ${what} ${(JSON.stringify(value) ?? '').slice(0, 100)} - value must be between ${low} and ${high}.`,
  );
