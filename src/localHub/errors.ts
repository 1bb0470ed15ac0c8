/**
 * The errors of all protocols: name and numeric code of the service, HTTP status, and AMQP condition.
 * @see https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes
 */
export const errorCatalog = {
  ArgumentInvalid: { code: 400004, status: 400, amqp: 'com.microsoft:argument-error' },
  ArgumentNull: { code: 400005, status: 400, amqp: 'com.microsoft:argument-error' },
  IotHubFormatError: { code: 400006, status: 400, amqp: 'com.microsoft:argument-error' },
  InvalidProtocolVersion: { code: 400001, status: 400, amqp: 'com.microsoft:argument-error' },
  IotHubUnauthorizedAccess: { code: 401002, status: 401, amqp: 'amqp:unauthorized-access' },
  IotHubUnauthorized: { code: 401003, status: 401, amqp: 'amqp:unauthorized-access' },
  Forbidden: { code: 403000, status: 403, amqp: 'amqp:unauthorized-access' },
  IotHubQuotaExceeded: { code: 403002, status: 403, amqp: 'com.microsoft:quota-exceeded' },
  DeviceDisabled: { code: 403012, status: 403, amqp: 'amqp:not-allowed' },
  DeviceNotFound: { code: 404001, status: 404, amqp: 'amqp:not-found' },
  NotFound: { code: 404000, status: 404, amqp: 'amqp:not-found' },
  MethodNotAllowed: { code: 405001, status: 405, amqp: 'amqp:not-allowed' },
  DeviceAlreadyExists: { code: 409001, status: 409, amqp: 'amqp:not-allowed' },
  PreconditionFailed: { code: 412001, status: 412, amqp: 'amqp:precondition-failed' },
  MessageTooLarge: { code: 413001, status: 413, amqp: 'amqp:link:message-size-exceeded' },
  TooManyDevices: { code: 413002, status: 413, amqp: 'amqp:resource-limit-exceeded' },
  ThrottlingException: { code: 429001, status: 429, amqp: 'amqp:resource-limit-exceeded' },
  ServiceUnavailable: { code: 503001, status: 503, amqp: 'com.microsoft:server-busy' },
  NotImplemented: { code: 501001, status: 501, amqp: 'amqp:not-implemented' },
  ServerError: { code: 500001, status: 500, amqp: 'amqp:internal-error' },
} as const;

export type ErrorName = keyof typeof errorCatalog;

/** An error that each protocol reports in its own format. */
export class HubError extends Error {
  constructor(
    readonly errorName: ErrorName,
    message: string,
  ) {
    super(message);
    this.name = 'HubError';
  }

  get entry(): (typeof errorCatalog)[ErrorName] {
    return errorCatalog[this.errorName];
  }
}
