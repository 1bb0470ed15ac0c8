import * as vscode from 'vscode';
import { isAbort } from '../../../core/base/abort';
import { isSameText } from '../../../core/base/sameText';
import { isIotError, plainMessage } from '../../../core/errors';
import { type Hub } from '../../../core/hub/hub';
import { consumerGroupNameProblem, defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { type Services } from '../../../services';
import { withProgress } from '../../../workbench/progress';
import { askText, back, confirm, noBack, pickOne, type Choice } from '../../../workbench/prompts';

type Needs = Pick<Services, 'hubSettings' | 'log'>;
type Answer = { readonly kind: 'group'; readonly name: string } | { readonly kind: 'create' | 'type' };

/**
 * Asks for the consumer group of a hub: one that there is, a new one, or a name that is typed where the hub's
 * management is out of reach, as with a connection string alone.
 */
export async function askConsumerGroup(services: Needs, hub: Hub, current: string): Promise<string> {
  const title = `Consumer Group for ${hub.name}`;
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
          ? 'Name of the new consumer group: it reads all messages, apart from other readers'
          : 'Name of a consumer group that the hub has',
      validate: (text) =>
        answer.kind === 'type' && text === defaultConsumerGroup ? undefined : consumerGroupNameProblem(text),
    });
    if (name === back) continue;
    if (answer.kind === 'create') await create(services, hub, name, known);
    return name;
  }
}

/** Deletes one that is picked, after it was confirmed. @returns its name */
export async function deleteConsumerGroup(services: Needs, hub: Hub): Promise<string> {
  const title = `Delete Consumer Group of ${hub.name}`;
  const settings = await services.hubSettings.forHub(hub.id);
  const names = (
    await withProgress(`Reading the consumer groups of ${hub.name}`, (signal) =>
      settings.consumerGroups(signal),
    )
  ).filter((name) => name !== defaultConsumerGroup);
  if (names.length === 0) {
    void vscode.window.showInformationMessage(
      `${hub.name} has only the consumer group ${defaultConsumerGroup}, which cannot be deleted.`,
    );
    return '';
  }
  const name = noBack(
    await pickOne({
      title,
      placeholder: 'Which one?',
      choices: names.map((value) => ({ label: value, value })),
    }),
  );
  await confirm(
    `Delete consumer group "${name}" of ${hub.name}?`,
    'Programs that read with it are cut off. Messages stay as they are.',
    'Delete',
  );
  await withProgress(`Deleting consumer group ${name}`, (signal) =>
    settings.deleteConsumerGroup(name, signal),
  );
  return name;
}

/** Why they cannot be listed, otherwise. */
async function listed({ hubSettings, log }: Needs, hub: Hub): Promise<readonly string[] | Error> {
  try {
    return await withProgress(`Reading the consumer groups of ${hub.name}`, async (signal) =>
      (await hubSettings.forHub(hub.id, signal)).consumerGroups(signal),
    );
  } catch (error) {
    if (isAbort(error) || !(error instanceof Error)) throw error;
    if (!isIotError(error) || error.code !== 'unsupported')
      log.warn(`Consumer groups: ${plainMessage(error)}`);
    return error;
  }
}

const placeholderOf = (known: readonly string[] | Error) =>
  known instanceof Error
    ? `They cannot be listed: ${known.message}`
    : 'Which one should the monitor read with?';

function choicesOf(known: readonly string[] | Error, current: string): Choice<Answer>[] {
  const names = known instanceof Error ? [...new Set([defaultConsumerGroup, current])] : known;
  const groups = names.map((name): Choice<Answer> => ({
    label: name,
    description: [
      name === current ? 'in use' : '',
      name === defaultConsumerGroup ? 'every hub has it; others may read with it too' : '',
    ]
      .filter(Boolean)
      .join(' · '),
    value: { kind: 'group', name },
  }));
  return known instanceof Error
    ? [...groups, { label: '$(edit) Type a name…', value: { kind: 'type' } }]
    : [...groups, { label: '$(add) Create a consumer group…', value: { kind: 'create' } }];
}

async function create(
  services: Needs,
  hub: Hub,
  name: string,
  known: readonly string[] | Error,
): Promise<void> {
  if (!(known instanceof Error) && known.some((other) => isSameText(other, name))) return;
  await withProgress(`Creating consumer group ${name}`, async (signal) =>
    (await services.hubSettings.forHub(hub.id, signal)).createConsumerGroup(name, signal),
  );
}
