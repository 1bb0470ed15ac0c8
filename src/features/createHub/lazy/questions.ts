import { type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { type AzureSubscription } from '../../../core/azure/resources';
import { type ReviewStep } from '../../../workbench/multiStepInput';
import { type SubscriptionData } from './subscriptionData';

export interface WizardNeeds {
  readonly subscriptions: readonly AzureSubscription[];
  /** Of the draft's subscription. */
  readonly subscriptionData: (subscription: AzureSubscription) => SubscriptionData;
  /** Name of the region of the last created hub. */
  readonly lastRegion: string | undefined;
  /** The problem with the answer of the step that the wizard starts at. */
  readonly problem?: { readonly step: HubStep; readonly text: string };
}

/** What the questions share. */
export interface Questions extends WizardNeeds {
  readonly steps: Readonly<Record<HubStep, ReviewStep<HubDraft>>>;
  readonly stepsOf: (draft: HubDraft) => readonly HubStep[];
  /** Returned once, at the step that it is about. */
  readonly problemOf: (step: HubStep) => string | undefined;
  readonly explain: (why: string) => void;
  readonly openPricing: () => void;
}

/** The data of the subscription that is selected at this point. */
export function subscriptionDataOf(
  { subscriptionData }: Questions,
  { subscription }: HubDraft,
): SubscriptionData {
  if (!subscription) throw new Error('The wizard has no subscription.');
  return subscriptionData(subscription);
}
