import type { ReceivedMessage } from '../core/message/receivedMessage';

/** An item of a recording: a message, or a line (row) that is not valid. */
export type ReadItem =
  | { readonly kind: 'message'; readonly message: ReceivedMessage; readonly progress: number }
  /** `place`: file and line; `reason`: a sentence. */
  | { readonly kind: 'bad'; readonly location: string; readonly reason: string }
  | { readonly kind: 'torn' };
