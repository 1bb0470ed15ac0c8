import * as l10n from '@vscode/l10n';
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

/** Name, region and access of the hub; and all answers at the end. */
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
        prompt: l10n.t('Name of the hub. It must be unique across Azure and becomes part of the host name.'),
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
        placeholder: problem ?? l10n.t('Select a region'),
        // A region that failed is not preselected again.
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
        placeholder: problemOf('publicAccess') ?? l10n.t('Select public network access'),
        choices: publicAccessChoices(),
        current: draft.isPublicAccessOff ?? false,
      });
      if (isOff === back) return back;
      draft.isPublicAccessOff = isOff;
      return undefined;
    },
    localAuth: async (draft, position) => {
      const isOff = await pickOne({
        ...position,
        placeholder:
          problemOf('localAuth') ??
          l10n.t('Select whether to allow shared access keys (local authentication)'),
        choices: localAuthChoices(),
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
    placeholder: questions.problemOf('review') ?? l10n.t('Review and create'),
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
      placeholder: l10n.t(
        'Select the region of the resource group. It stores only metadata; the hub has its own region.',
      ),
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
  /** A resource group can be in any region; hubs only where the provider offers them. */
  readonly isForHub: boolean;
}

async function askRegion(
  questions: Questions,
  draft: HubDraft,
  position: Position,
  { placeholder, current, isForHub }: RegionQuestion,
): Promise<string | Back> {
  const data = subscriptionDataOf(questions, draft);
  const { lastRegion } = questions;
  const wishes: RegionWishes = {
    here: approximateLocationHere(),
    ...(isForHub && lastRegion !== undefined ? { lastUsed: lastRegion } : {}),
    ...(isForHub && draft.group?.kind === 'existing' ? { ofGroup: draft.group.location } : {}),
  };
  return pickOne({
    ...position,
    placeholder,
    choices: async (signal) => {
      const regions = await (isForHub ? data.hubRegions(signal) : data.regions(signal));
      if (regions.length > 0) return regionChoices(regions, wishes);
      throw new IotError(
        'notFound',
        l10n.t(
          'Azure does not offer IoT hubs in any region of subscription "{0}".',
          draft.subscription?.name ?? '',
        ),
      );
    },
    ...(current === undefined ? {} : { current }),
  });
}

async function regionOf(questions: Questions, draft: HubDraft, name: string) {
  const regions = await subscriptionDataOf(questions, draft).regions();
  return regions.find((region) => region.name === name) ?? { name, displayName: name };
}
