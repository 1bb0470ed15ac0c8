import { type HubDraft, type HubStep } from '../../../core/azure/hubDraft';
import { hubNameProblem } from '../../../core/azure/hubName';
import { regionName, type RegionWishes } from '../../../core/azure/regions';
import { approximateLocationHere } from '../../../core/azure/approximateLocation';
import { IotError } from '../../../core/errors';
import { askText, back, pickOne, type Back } from '../../../workbench/prompts';
import { type Position, type ReviewStep } from '../../../workbench/multiStepInput';
import { localAuthChoices, publicAccessChoices, regionChoices } from './quickPickItems';
import { nameVerdict } from './nameVerdict';
import { reviewChoices, type ReviewAnswer } from './review';
import { subscriptionDataOf, type Questions } from './questions';

type Mine = Extract<HubStep, 'name' | 'region' | 'publicAccess' | 'localAuth' | 'review'>;

/** What the hub is called, where it is, who reaches it; and all answers at the end. */
export function hubQuestions(questions: Questions): Readonly<Record<Mine, ReviewStep<HubDraft>>> {
  const { problemOf } = questions;
  return {
    name: async (draft, position) => {
      const { management } = subscriptionDataOf(questions, draft);
      const problem = problemOf('name');
      const name = await askText({
        ...position,
        value: draft.name ?? '',
        ...(problem === undefined ? {} : { problem }),
        prompt: 'Name of the hub. It is unique in all of Azure and becomes part of the host name.',
        placeholder: 'contoso-thermostats',
        validate: hubNameProblem,
        check: (text, signal) => nameVerdict(management, text, signal),
      });
      if (name === back) return back;
      draft.name = name;
      return undefined;
    },
    region: async (draft, position) => {
      const problem = problemOf('region');
      const region = await askRegion(questions, draft, position, {
        placeholder: problem ?? 'In which region?',
        // The one that did not work is not proposed again.
        current: problem === undefined ? draft.region?.name : undefined,
        isForHub: true,
      });
      if (region === back) return back;
      draft.region = await regionOf(questions, draft, region);
      return undefined;
    },
    publicAccess: async (draft, position) => {
      const isOff = await pickOne({
        ...position,
        isKept: true,
        placeholder: problemOf('publicAccess') ?? 'Public network access?',
        choices: publicAccessChoices,
        current: draft.isPublicAccessOff ?? false,
      });
      if (isOff === back) return back;
      draft.isPublicAccessOff = isOff;
      return undefined;
    },
    localAuth: async (draft, position) => {
      const isOff = await pickOne({
        ...position,
        isKept: true,
        placeholder: problemOf('localAuth') ?? 'Shared access keys (local authentication)?',
        choices: localAuthChoices,
        current: draft.isLocalAuthOff ?? false,
      });
      if (isOff === back) return back;
      draft.isLocalAuthOff = isOff;
      return undefined;
    },
    review: async (draft, position) => {
      for (;;) {
        const answer = await askReview(questions, draft, position);
        if (answer === back) return back;
        if (answer === 'create') return undefined;
        if (answer !== 'groupRegion') return { goTo: questions.steps[answer] };
        await askGroupRegion(questions, draft, position);
      }
    },
  };
}

async function askReview(
  questions: Questions,
  draft: HubDraft,
  position: Position,
): Promise<ReviewAnswer | Back> {
  const regions = await subscriptionDataOf(questions, draft).regions();
  return pickOne({
    ...position,
    isKept: true,
    placeholder: questions.problemOf('review') ?? 'Create it like this?',
    choices: reviewChoices(draft, { steps: questions.stepsOf(draft), regions }),
  });
}

async function askGroupRegion(questions: Questions, draft: HubDraft, position: Position): Promise<void> {
  const { group } = draft;
  if (group?.kind !== 'new') return;
  const answer = await askRegion(
    questions,
    draft,
    { ...position, canGoBack: true },
    {
      placeholder: 'In which region should the resource group be? It holds only names; the hub has its own.',
      current: (group.region ?? draft.region)?.name,
      isForHub: false,
    },
  );
  if (answer === back) return;
  const isSame = draft.region !== undefined && regionName(answer) === regionName(draft.region.name);
  draft.group = {
    kind: 'new',
    name: group.name,
    ...(isSame ? {} : { region: await regionOf(questions, draft, answer) }),
  };
}

interface RegionQuestion {
  readonly placeholder: string;
  readonly current: string | undefined;
  /** A resource group may be anywhere; hubs only where the provider has them. */
  readonly isForHub: boolean;
}

async function askRegion(
  questions: Questions,
  draft: HubDraft,
  position: Position,
  { placeholder, current, isForHub }: RegionQuestion,
): Promise<string | Back> {
  const facts = subscriptionDataOf(questions, draft);
  const { lastRegion } = questions;
  const wishes: RegionWishes = {
    here: approximateLocationHere(),
    ...(isForHub && lastRegion !== undefined ? { lastUsed: lastRegion } : {}),
    ...(isForHub && draft.group?.kind === 'existing' ? { ofGroup: draft.group.location } : {}),
  };
  return pickOne({
    ...position,
    isKept: true,
    placeholder,
    choices: async (signal) => {
      const regions = await (isForHub ? facts.hubRegions(signal) : facts.regions(signal));
      if (regions.length > 0) return regionChoices(regions, wishes);
      throw new IotError(
        'notFound',
        `Azure offers IoT hubs in no region of subscription "${draft.subscription?.name ?? ''}".`,
      );
    },
    ...(current === undefined ? {} : { current }),
  });
}

async function regionOf(questions: Questions, draft: HubDraft, name: string) {
  const regions = await subscriptionDataOf(questions, draft).regions();
  return regions.find((region) => region.name === name) ?? { name, displayName: name };
}
