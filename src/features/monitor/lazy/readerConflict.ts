import { IotError, isIotError } from '../../../core/errors';

/** A conflict of readers is solved by a consumer group of one's own, which is offered; other errors stay as they are. */
export function withConsumerGroupOffer(error: unknown, hubId: string): unknown {
  if (!isIotError(error) || (error.code !== 'refused' && error.code !== 'quotaExceeded')) return error;
  return new IotError(error.code, error.message, {
    cause: error,
    action: { kind: 'chooseConsumerGroup', hubId },
  });
}
