import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { isSameText } from '../../../core/base/sameText';
import { consumerGroupNameProblem, defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { icon } from '../icons';
import { type DataOf, type Section } from '../api';
import { type OverviewPage } from '../page';
import { valueOf } from '../../shared/formEvents';
import { changeProblem, iconButton, sectionView } from './parts';

/** The consumer groups, and a form that creates one. */
export function consumerGroupsView(
  page: OverviewPage,
  section: Section<DataOf<'consumerGroups'>>,
): TemplateResult {
  return sectionView(page, 'consumerGroups', l10n.t('Consumer groups'), section, (groups) => {
    const { groupName } = page.draft;
    const problem = groupName.trim() === '' ? undefined : problemOf(page, groups);
    // Checked again on submit: the latest input may not be drawn yet.
    const canCreate = () => !page.isBusy && problemOf(page, groups) === undefined;
    const create = (event: Event) => {
      event.preventDefault();
      if (canCreate()) page.createConsumerGroup();
    };
    return html`
      <ul
        class="list"
        id="groups-title"
        tabindex="-1"
        aria-label=${l10n.t('Consumer groups of the built-in endpoint')}
      >
        ${groups.map(
          (group) => html`
            <li>
              <span class="mono">${group}</span>
              ${
                group === defaultConsumerGroup
                  ? html`<span class="quiet">${l10n.t('Built-in, cannot be deleted')}</span>`
                  : iconButton(
                      'trash',
                      l10n.t('Delete consumer group {0}', group),
                      () => page.deleteConsumerGroup(group),
                      page.isBusy,
                    )
              }
            </li>
          `,
        )}
      </ul>
      ${changeProblem('delete-group-problem', page.problems.get('deleteConsumerGroup'))}
      <form
        class="row"
        @submit=${create}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter' && event.target instanceof HTMLInputElement) create(event);
        }}
      >
        <input
          id="group-name"
          class="vscode-textfield"
          type="text"
          aria-label=${l10n.t('Name of the new consumer group')}
          placeholder=${l10n.t('Name of the new consumer group')}
          spellcheck="false"
          autocomplete="off"
          aria-invalid=${problem === undefined ? 'false' : 'true'}
          aria-describedby="group-problem"
          .value=${live(groupName)}
          @input=${(event: Event) => {
            page.problems.delete('createConsumerGroup');
            page.edit({ groupName: valueOf(event) });
          }}
        />
        <button class="vscode-button secondary" ?disabled=${!canCreate()}>
          ${icon('add')}${l10n.t('Create')}
        </button>
      </form>
      ${changeProblem('group-problem', problem ?? page.problems.get('createConsumerGroup'))}
    `;
  });
}

function problemOf(page: OverviewPage, groups: readonly string[]): string | undefined {
  const name = page.draft.groupName.trim();
  return groups.some((group) => isSameText(group, name))
    ? l10n.t('Consumer group "{0}" already exists.', name)
    : consumerGroupNameProblem(name);
}
