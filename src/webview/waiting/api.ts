import * as v from 'valibot';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/* What is shown in a restored panel until its hub is known again, or instead of it when it is not. */

const nothing = v.object({});

const stateSchema = v.object({
  hub: hubReferenceSchema,
  /** Why the hub is not known; `null` while it is looked for. */
  absence: v.nullable(
    v.object({
      message: v.string(),
      /** Label of the button that may help. */
      action: v.nullable(v.string()),
    }),
  ),
});

export const toHost = {
  /** What the button offers, such as to sign in. */
  act: nothing,
  /** Closes the panel. */
  close: nothing,
} as const;

const toPage = { state: stateSchema } as const;

export type WaitingState = v.InferOutput<typeof stateSchema>;

/** The contract of the page of a panel that waits for its hub. */
export const contract = {
  page: 'waiting',
  toHost,
  toPage,
  // The panel is still that of another page, whose state stays as it is.
  view: nothing,
} as const satisfies WebviewContract;
