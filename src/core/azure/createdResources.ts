import { type Event } from '../base/event';

/** A resource that was created with the extension on this computer, so that it can be cleaned up. Never a secret. */
export type CreatedResource =
  | {
      readonly kind: 'resourceGroup';
      readonly accountId: string;
      readonly subscriptionId: string;
      readonly name: string;
      /** When Azure accepted it, as a time in milliseconds; 0 after Clean Up has found it. */
      readonly createdAt?: number;
    }
  | {
      readonly kind: 'hub';
      readonly accountId: string;
      readonly subscriptionId: string;
      readonly resourceGroup: string;
      readonly name: string;
      /** `F1`, `S1`, … */
      readonly sku: string;
      readonly createdAt?: number;
    }
  | {
      readonly kind: 'device';
      readonly hubId: string;
      readonly hubName: string;
      readonly deviceId: string;
    }
  | {
      readonly kind: 'hubCertificate';
      readonly hubId: string;
      readonly hubName: string;
      readonly name: string;
    }
  /** A certificate authority on this computer, with its key and the certificates it issued. */
  | { readonly kind: 'authority'; readonly authorityId: string; readonly name: string };

/** What was created on this computer and not deleted from it since; kept over restarts. */
export interface CreatedResources {
  readonly onDidChange: Event<void>;
  list(): readonly CreatedResource[];
  add(...resources: readonly CreatedResource[]): Promise<void>;
  /** Forgets deleted resources. One that is not in the list is not an error. */
  remove(...resources: readonly CreatedResource[]): Promise<void>;
}
