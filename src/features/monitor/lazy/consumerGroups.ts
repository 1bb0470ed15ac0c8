import * as l10n from '@vscode/l10n';
import { isAbort } from '../../../core/base/abort';
import { isSameText } from '../../../core/base/sameText';
import { isIotError, plainMessage } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { consumerGroupNameProblem, defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { askText, back, confirm, noBack, pickOne, type Choice } from '../../../workbench/prompts';
import { showInformation } from '../../../workbench/notifications';

type Needs = Pick<Services, 'hubSettings' | 'log'>;
type Answer = { readonly kind: 'group'; readonly name: string } | { readonly kind: 'create' | 'type' };

/**
 * Prompts for the consumer group of a hub: an existing one, a new one, or a name to enter if the management of the
 * hub is not accessible, for example with a connection string only.
 */
export async function askConsumerGroup(services: Needs, hub: Hub, current: string): Promise<string> {
  const title = l10n.t('Consumer Group for {0}', hub.name);
  const known = await listed(services, hub);
  for (;;) {
    const answer = noBack(
      await pickOne({ title, placeholder: placeholderOf(known), choices: choicesOf(known, current) }),
    );
    if (answer.kind === 'group') return answer.name;
    const name = await askText({
      title,
      canGoBack: true,
      value: answer.kind === 'type' ? current : 'workbench',
      prompt:
        answer.kind === 'create'
          ? l10n.t(
              'Enter a name for the new consumer group, which reads all messages independently of other readers',
            )
          : l10n.t('Enter the name of an existing consumer group'),
      validate: (text) =>
        answer.kind === 'type' && text === defaultConsumerGroup ? undefined : consumerGroupNameProblem(text),
    });
    if (name === back) continue;
    if (answer.kind === 'create') await create(services, hub, name, known);
    return name;
  }
}

/** Deletes a picked consumer group after confirmation. @returns its name */
export async function deleteConsumerGroup(services: Needs, hub: Hub): Promise<string> {
  const title = l10n.t('Delete Consumer Group of {0}', hub.name);
  const settings = await services.hubSettings.forHub(hub.id);
  const names = (
    await withProgress(l10n.t('Loading consumer groups of {0}', hub.name), (signal) =>
      settings.consumerGroups(signal),
    )
  ).filter((name) => name !== defaultConsumerGroup);
  if (names.length === 0) {
    void showInformation(
      l10n.t(
        '{0} only has the consumer group "{1}", which cannot be deleted.',
        hub.name,
        defaultConsumerGroup,
      ),
    );
    return '';
  }
  const name = noBack(
    await pickOne({
      title,
      placeholder: l10n.t('Select a consumer group'),
      choices: names.map((value) => ({ label: value, value })),
    }),
  );
  await confirm(
    l10n.t('Delete consumer group "{0}" of {1}?', name, hub.name),
    l10n.t('Applications that use this consumer group will be disconnected. Messages are not deleted.'),
    l10n.t('Delete'),
  );
  await withProgress(l10n.t('Deleting consumer group "{0}"', name), (signal) =>
    settings.deleteConsumerGroup(name, signal),
  );
  return name;
}

/** Returns the error if they cannot be listed. */
async function listed({ hubSettings, log }: Needs, hub: Hub): Promise<readonly string[] | Error> {
  try {
    return await withProgress(l10n.t('Loading consumer groups of {0}', hub.name), async (signal) =>
      (await hubSettings.forHub(hub.id, signal)).consumerGroups(signal),
    );
  } catch (error) {
    if (isAbort(error) || !(error instanceof Error)) throw error;
    if (!isIotError(error) || error.code !== 'unsupported')
      log.warn(`Consumer groups cannot be listed: ${plainMessage(error)}`);
    return error;
  }
}

const placeholderOf = (known: readonly string[] | Error) =>
  known instanceof Error
    ? l10n.t('Consumer groups cannot be listed: {0}', known.message)
    : l10n.t('Select the consumer group to monitor with');

function choicesOf(known: readonly string[] | Error, current: string): Choice<Answer>[] {
  const names = known instanceof Error ? [...new Set([defaultConsumerGroup, current])] : known;
  const groups = names.map((name): Choice<Answer> => ({
    label: name,
    description: [
      name === current ? l10n.t('in use') : '',
      name === defaultConsumerGroup ? l10n.t('default; other applications may use it too') : '',
    ]
      .filter(Boolean)
      .join(' · '),
    value: { kind: 'group', name },
  }));
  return known instanceof Error
    ? [...groups, { icon: 'edit', label: l10n.t('Enter a name…'), value: { kind: 'type' } }]
    : [...groups, { icon: 'add', label: l10n.t('Create Consumer Group…'), value: { kind: 'create' } }];
}

async function create(
  services: Needs,
  hub: Hub,
  name: string,
  known: readonly string[] | Error,
): Promise<void> {
  if (!(known instanceof Error) && known.some((other) => isSameText(other, name))) return;
  await withProgress(l10n.t('Creating consumer group "{0}"', name), async (signal) =>
    (await services.hubSettings.forHub(hub.id, signal)).createConsumerGroup(name, signal),
  );
}
