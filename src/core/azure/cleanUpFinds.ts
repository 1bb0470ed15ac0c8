import { type IotError } from '../errors';
import { type FailureAction } from '../failureAction';
import { type MadeOf } from './ledger';
import { type MadeThing } from './madeHere';
import { type AzureHub, type AzureSubscription, type Resource } from './resources';

/** What was made here and is still there, as it was found before anybody is asked. */
export type Find = FoundGroup | FoundHub | FoundDevice | FoundCertificate | FoundAuthority;

export interface FoundGroup {
  readonly kind: 'resourceGroup';
  readonly thing: MadeOf<'resourceGroup'>;
  readonly subscription: AzureSubscription;
  /** All that is in it. */
  readonly resources: readonly Resource[];
  /** What of it was not made here. */
  readonly foreign: readonly Resource[];
  /** The hubs in it that cost money. */
  readonly paidHubs: readonly string[];
}

export interface FoundHub {
  readonly kind: 'hub';
  readonly thing: MadeOf<'hub'>;
  readonly subscription: AzureSubscription;
  readonly hub: AzureHub;
  /** `undefined` when they could not be looked at. */
  readonly devices: DeviceCount | undefined;
}

export interface DeviceCount {
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** Those among the counted that were not made here. */
  readonly foreign: number;
}

/** Where devices and certificates are. */
export interface HubPlace {
  readonly hubId: string;
  readonly hubName: string;
  /** Lower case, without a port; two entries of the tree may be one hub. */
  readonly hostName: string;
  /** A hub of this computer, where things are tried out. */
  readonly isLocal: boolean;
  readonly subscription?: AzureSubscription;
}

export interface FoundDevice {
  readonly kind: 'device';
  readonly thing: MadeOf<'device'>;
  readonly place: HubPlace;
  /** It was not looked up, since there were too many: it may be gone. */
  readonly isUnsure: boolean;
}

export interface FoundCertificate {
  readonly kind: 'hubCertificate';
  readonly thing: MadeOf<'hubCertificate'>;
  readonly place: HubPlace;
  readonly isVerified: boolean;
}

export interface FoundAuthority {
  readonly kind: 'authority';
  readonly thing: MadeOf<'authority'>;
  /** The name that it has now. */
  readonly name: string;
  readonly issued: number;
  readonly hasKey: boolean;
}

/** Things that could not be looked at, for one reason. */
export interface Unknown {
  readonly things: readonly MadeThing[];
  /** What they are or where, such as `3 things on hub "Pump station"`. */
  readonly what: string;
  readonly reason: string;
  readonly action?: FailureAction;
}

export interface Findings {
  readonly found: readonly Find[];
  /** Deleted elsewhere: can be forgotten. */
  readonly gone: readonly MadeThing[];
  readonly unknown: readonly Unknown[];
}

export const unknownFor = (things: readonly MadeThing[], what: string, error: IotError): Unknown => ({
  things,
  what,
  reason: error.message,
  ...(error.action ? { action: error.action } : {}),
});
