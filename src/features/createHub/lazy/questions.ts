import { type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { type AzureSubscription } from '../../../core/azure/resources';
import { type ReviewStep } from '../../../workbench/multiStepInput';
import { type SubscriptionData } from './subscriptionData';

export interface WizardNeeds {
  readonly subscriptions: readonly AzureSubscription[];
  /** Of the draft's subscription. */
  readonly subscriptionData: (subscription: AzureSubscription) => SubscriptionData;
  /** Name of the region of the last hub that was made. */
  readonly lastRegion: string | undefined;
  /** What is wrong with the answer of the step that the wizard begins at. */
  readonly problem?: { readonly step: HubStep; readonly text: string };
}

/** What the questions are asked with. */
export interface Questions extends WizardNeeds {
  readonly steps: Readonly<Record<HubStep, ReviewStep<HubDraft>>>;
  readonly stepsOf: (draft: HubDraft) => readonly HubStep[];
  /** Says it once, at the step that it is about. */
  readonly problemOf: (step: HubStep) => string | undefined;
  readonly explain: (why: string) => void;
  readonly openPricing: () => void;
}

/** The facts of the subscription that was chosen by then. */
export function subscriptionDataOf(
  { subscriptionData }: Questions,
  { subscription }: HubDraft,
): SubscriptionData {
  if (!subscription) throw new Error('The wizard has no subscription.');
  return subscriptionData(subscription);
}
