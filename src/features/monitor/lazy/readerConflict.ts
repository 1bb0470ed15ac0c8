import { IotError, isIotError } from '../../../core/errors';

/** Offers a dedicated consumer group for a conflict with other readers. Other errors are returned unchanged. */
export function withConsumerGroupOffer(error: unknown, hubId: string): unknown {
  if (!isIotError(error) || (error.code !== 'refused' && error.code !== 'quotaExceeded')) return error;
  return new IotError(error.code, error.message, {
    cause: error,
    action: { kind: 'chooseConsumerGroup', hubId },
  });
}
