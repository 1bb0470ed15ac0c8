import type { ReceivedMessage } from '../core/message/receivedMessage';

/** What a format's reader gives: a message, or a line (row) that is none. */
export type ReadItem =
  | { readonly kind: 'message'; readonly message: ReceivedMessage; readonly progress: number }
  /** `place`: the file's name too. */
  | { readonly kind: 'bad'; readonly place: string; readonly why: string }
  | { readonly kind: 'torn' };
