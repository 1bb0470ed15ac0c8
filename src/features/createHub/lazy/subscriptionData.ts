import { regionsWithHubs } from '../../../core/azure/regions';
import {
  type AzureHub,
  type HubProvider,
  type Region,
  type ResourceGroup,
  type SubscriptionManagement,
} from '../../../core/azure/resources';

type Read<T> = (signal?: AbortSignal) => Promise<T>;

/** What the wizard reads of a subscription, each once; failed reads are repeated. */
export class SubscriptionData {
  readonly groups: Read<readonly ResourceGroup[]>;
  readonly regions: Read<readonly Region[]>;
  readonly hubs: Read<readonly AzureHub[]>;
  readonly provider: Read<HubProvider>;

  constructor(readonly management: SubscriptionManagement) {
    this.groups = once((signal) => management.resourceGroups(signal));
    this.regions = once((signal) => management.regions(signal));
    this.hubs = once((signal) => management.hubs(signal));
    this.provider = once((signal) => management.provider(signal));
  }

  async hubRegions(signal?: AbortSignal): Promise<readonly Region[]> {
    const [regions, provider] = await Promise.all([this.regions(signal), this.provider(signal)]);
    return regionsWithHubs(regions, provider);
  }

  /** So that the next questions open without a wait. A failure is shown by the question that needs the data. */
  readAhead(): void {
    for (const read of [this.groups, this.regions, this.hubs]) read().catch(() => undefined);
  }
}

function once<T>(read: Read<T>): Read<T> {
  let known: Promise<T> | undefined;
  return (signal) => {
    if (known) return known;
    const reading = read(signal);
    known = reading;
    reading.catch(() => {
      if (known === reading) known = undefined;
    });
    return reading;
  };
}
