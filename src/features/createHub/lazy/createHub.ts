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
import { draftText } from './review';
import { showCreateResult } from './showCreateResult';
import { subscriptionsFor } from './subscriptions';
import { type WizardNeeds } from './questions';
import { askForHub, title } from './wizard';

/** What was typed and led to no hub yet; as long as the window is open. */
interface Kept {
  readonly draft: HubDraft;
  readonly startAt?: HubStep;
  readonly problem?: WizardNeeds['problem'];
}

const lastRegionKey = 'iotHubWorkbench.createHub.lastRegion';

/** The command: asks, makes, says how it went. Nothing typed is lost on the way. */
export class HubCreation {
  private kept: Kept | undefined;

  constructor(
    private readonly services: CreateHubNeeds,
    private readonly memory: Pick<vscode.Memento, 'get' | 'update'>,
  ) {}

  async start(node?: Node): Promise<void> {
    const subscriptions = await subscriptionsFor(this.services, node);
    const begun = await this.draftFor();
    const { subscription } = begun.draft;
    const isAmong = subscriptions.some(({ id }) => id === subscription?.id);
    await this.run(subscription && !isAmong ? [subscription] : subscriptions, begun);
  }

  /** Goes on with a draft, from the step that it stopped at. */
  private async run(subscriptions: readonly AzureSubscription[], begun: Kept): Promise<void> {
    const { draft } = begun;
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
          ...(begun.problem ? { problem: begun.problem } : {}),
        },
        begun.startAt,
      );
      this.kept = undefined;
    } catch (error) {
      // Escape, a refusal to register, a list that cannot be read: nothing that was answered is lost.
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
      making = await withProgress(`Creating hub "${name}"`, (signal, report) =>
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
    const blamed = failedWizardStep(error);
    const step = hubSteps(draft, subscriptions.length > 1).includes(blamed) ? blamed : 'review';
    const again: Kept = { draft, startAt: step, problem: { step, text: problemText(error, draft) } };
    this.kept = again;
    if (await this.offerSignIn(error, subscriptions, { draft, startAt: 'review' })) return;
    await showFailure(error, commands.createHub, this.services.log, {
      title: 'Change and Try Again',
      run: () => this.run(subscriptions, again),
    });
  }

  /** Where a session is all that was missing, the sign-in goes on with the wizard. @returns whether that is so */
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
      title: 'Sign In',
      run: async () => {
        await accounts.signIn({ resource: accounts.cloud().managementResource, ...signIn });
        azure.refresh();
        await this.run(subscriptions, again);
      },
    });
    return true;
  }

  /** An empty one, or what was kept when the person wants to go on with it. */
  private async draftFor(): Promise<Kept> {
    const { kept } = this;
    if (!kept) return { draft: emptyDraft() };
    const goesOn = noBack(
      await pickOne({
        title,
        isKept: true,
        placeholder: 'A hub was begun in this window and not created',
        choices: [
          { label: `$(debug-continue) Continue with ${draftText(kept.draft)}`, value: true },
          { label: '$(add) Start anew', value: false },
        ],
      }),
    );
    return goesOn ? kept : { draft: emptyDraft() };
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

/** One line above a list, where there is no room for all that Azure said. */
const problemText = (error: unknown, { region }: HubDraft) =>
  region && isIotError(error) && error.code === 'regionFull'
    ? `${region.displayName} takes no new hubs of this tier now. Choose another region.`
    : plainMessage(error);
