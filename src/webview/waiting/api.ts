import * as v from 'valibot';
import { hubReferenceSchema, type WebviewContract } from '../protocol';

/* Messages of the page that a restored panel shows until its hub is listed again. */

const nothing = v.object({});

const stateSchema = v.object({
  hub: hubReferenceSchema,
  /** Why the hub is not available; `null` while it is searched for. */
  absence: v.nullable(
    v.object({
      message: v.string(),
      /** Label of the button that may resolve it. */
      action: v.nullable(v.string()),
    }),
  ),
});

export const toHost = {
  /** Runs the action of the button, such as signing in. */
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
  // The panel belongs to another page, whose state is kept.
  view: nothing,
} as const satisfies WebviewContract;
