import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { failedWizardStep } from '../../../core/azure/failedWizardStep';
import {
  emptyDraft,
  hubSteps,
  isAnswered,
  isWorthKeeping,
  setSubscription,
  type HubDraft,
  type HubStep,
} from '../../../core/azure/hubDraft';
import { subscriptionKey } from '../../../core/azure/azureDirectory';
import { type AzureSubscription } from '../../../core/azure/resources';
import { isAbort } from '../../../core/base/abort';
import { IotError, isIotError, plainMessage } from '../../../core/errors';
import { commands } from '../../../contributions';
import { signInOf } from '../../../explorer/azureChildren';
import { type Node } from '../../../explorer/nodes';
import { showFailure } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { noBack, pickOne } from '../../../workbench/prompts';
import { type CreateHubNeeds } from '../needs';
import { SubscriptionData } from './subscriptionData';
import { makeHub, type Making } from './makeHub';
import { ensureRegistered } from './registration';
import { continueText } from './review';
import { showCreateResult } from './showCreateResult';
import { subscriptionsFor } from './subscriptions';
import { type WizardNeeds } from './questions';
import { askForHub, title } from './wizard';

/** An unfinished draft; kept as long as the window is open. */
interface Kept {
  readonly draft: HubDraft;
  readonly startAt?: HubStep;
  readonly problem?: WizardNeeds['problem'];
}

const lastRegionKey = 'iotHubWorkbench.createHub.lastRegion';

/** The command: asks, creates, and shows the result. No answer is lost. */
export class HubCreation {
  private kept: Kept | undefined;

  constructor(
    private readonly services: CreateHubNeeds,
    private readonly memory: Pick<vscode.Memento, 'get' | 'update'>,
  ) {}

  async start(node?: Node): Promise<void> {
    const subscriptions = await subscriptionsFor(this.services, node);
    const kept = await this.draftFor();
    const { subscription } = kept.draft;
    const isAmong = subscriptions.some(({ id }) => id === subscription?.id);
    await this.run(subscription && !isAmong ? [subscription] : subscriptions, kept);
  }

  /** Continues with a draft, at the step where it stopped. */
  private async run(subscriptions: readonly AzureSubscription[], started: Kept): Promise<void> {
    const { draft } = started;
    const subscriptionData = this.subscriptionDataByKey();
    const before = this.kept;
    try {
      const [only] = subscriptions;
      if (only && subscriptions.length === 1) setSubscription(draft, only);
      const { subscription } = draft;
      if (subscription) {
        await ensureRegistered(subscriptionData(subscription), subscription);
        subscriptionData(subscription).readAhead();
      }
      await askForHub(
        draft,
        {
          subscriptions,
          subscriptionData,
          lastRegion: this.memory.get<string>(lastRegionKey),
          ...(started.problem ? { problem: started.problem } : {}),
        },
        started.startAt,
      );
      this.kept = undefined;
    } catch (error) {
      // Escape, a declined registration, a list that cannot be read: no answer is lost.
      const open = hubSteps(draft, subscriptions.length > 1).find((step) => !isAnswered(step, draft));
      const kept: Kept = { draft, startAt: open ?? 'review' };
      this.kept = isWorthKeeping(draft) ? kept : before;
      if (!(await this.offerSignIn(error, subscriptions, kept))) throw error;
      return;
    }
    await this.make(subscriptions, draft);
  }

  private async make(subscriptions: readonly AzureSubscription[], draft: HubDraft): Promise<void> {
    const { subscription, name = '' } = draft;
    if (!subscription) throw new Error('The wizard ended without a subscription.');
    const { management: azureManagement, azure, createdResources, log } = this.services;
    const management = azureManagement.forSubscription(subscription);
    let making: Making;
    try {
      making = await withProgress(l10n.t('Creating hub "{0}"', name), (signal, report) =>
        makeHub({ management, directory: azure, createdResources, log }, subscription, draft, report, signal),
      );
    } catch (error) {
      if (isAbort(error)) throw error;
      await this.offerRetry(error, subscriptions, draft);
      return;
    }
    if (making.kind === 'made') {
      log.info(`Created hub ${name} in ${making.hub.location}, ${making.hub.sku.name}.`);
      await this.memory.update(lastRegionKey, making.hub.location);
    }
    if (making.kind === 'notMade' || making.kind === 'unknown') this.kept = { draft, startAt: 'review' };
    await showCreateResult(this.services, making, { draft, subscription, portal: management.cloud.portal });
  }

  private async offerRetry(
    error: unknown,
    subscriptions: readonly AzureSubscription[],
    draft: HubDraft,
  ): Promise<void> {
    const failed = failedWizardStep(error);
    const step = hubSteps(draft, subscriptions.length > 1).includes(failed) ? failed : 'review';
    const again: Kept = { draft, startAt: step, problem: { step, text: problemText(error, draft) } };
    this.kept = again;
    if (await this.offerSignIn(error, subscriptions, { draft, startAt: 'review' })) return;
    await showFailure(error, commands.createHub, this.services.log, {
      title: l10n.t('Change and Try Again'),
      run: () => this.run(subscriptions, again),
    });
  }

  /** If only a session is missing, signing in continues the wizard. @returns whether that is so */
  private async offerSignIn(
    error: unknown,
    subscriptions: readonly AzureSubscription[],
    again: Kept,
  ): Promise<boolean> {
    const { accounts, azure, log } = this.services;
    const { signIn } = signInOf(error);
    if (!signIn || !isIotError(error)) return false;
    const { code, message, cause } = error;
    await showFailure(new IotError(code, message, { cause }), commands.createHub, log, {
      title: l10n.t('Sign In'),
      run: async () => {
        await accounts.signIn({ resource: accounts.cloud().managementResource, ...signIn });
        azure.refresh();
        await this.run(subscriptions, again);
      },
    });
    return true;
  }

  /** An empty draft, or the kept one if the user wants to continue it. */
  private async draftFor(): Promise<Kept> {
    const { kept } = this;
    if (!kept) return { draft: emptyDraft() };
    const isContinued = noBack(
      await pickOne({
        title: title(),
        placeholder: l10n.t('You have an unfinished Create Hub draft'),
        choices: [
          { icon: 'debug-continue', label: continueText(kept.draft), value: true },
          { icon: 'add', label: l10n.t('Start over'), value: false },
        ],
      }),
    );
    return isContinued ? kept : { draft: emptyDraft() };
  }

  private subscriptionDataByKey(): (subscription: AzureSubscription) => SubscriptionData {
    const known = new Map<string, SubscriptionData>();
    return (subscription) => {
      const key = subscriptionKey(subscription);
      const subscriptionData =
        known.get(key) ?? new SubscriptionData(this.services.management.forSubscription(subscription));
      known.set(key, subscriptionData);
      return subscriptionData;
    };
  }
}

/** One line above a list, which has no room for the whole response of Azure. */
const problemText = (error: unknown, { region }: HubDraft) =>
  region && isIotError(error) && error.code === 'regionFull'
    ? l10n.t(
        '{0} currently has no capacity for new hubs of this tier. Select another region.',
        region.displayName,
      )
    : plainMessage(error);
