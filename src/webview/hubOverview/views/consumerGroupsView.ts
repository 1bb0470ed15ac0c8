import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { isSameText } from '../../../core/base/sameText';
import { consumerGroupNameProblem, defaultConsumerGroup } from '../../../core/hub/hubSettings';
import { icon } from '../icons';
import { type DataOf, type Section } from '../api';
import { type OverviewPage } from '../page';
import { valueOf } from '../../shared/formEvents';
import { changeProblem, iconButton, sectionView } from './parts';

/** Who reads the events beside others; one can be made here and now. */
export function consumerGroupsView(
  page: OverviewPage,
  section: Section<DataOf<'consumerGroups'>>,
): TemplateResult {
  return sectionView(page, 'consumerGroups', 'Consumer groups', section, (groups) => {
    const { groupName } = page.draft;
    const problem = groupName.trim() === '' ? undefined : problemOf(page, groups);
    // Asked anew when it counts: what was typed a moment ago may not be drawn yet.
    const canCreate = () => !page.isBusy && problemOf(page, groups) === undefined;
    const create = (event: Event) => {
      event.preventDefault();
      if (canCreate()) page.createConsumerGroup();
    };
    return html`
      <ul class="list" id="groups-title" tabindex="-1" aria-label="Consumer groups of the built-in endpoint">
        ${groups.map(
          (group) => html`
            <li>
              <span class="mono">${group}</span>
              ${
                group === defaultConsumerGroup
                  ? html`<span class="quiet">every hub has it</span>`
                  : iconButton(
                      'trash',
                      `Delete consumer group ${group}`,
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
          aria-label="Name of a new consumer group"
          placeholder="Name of a new consumer group"
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
        <button class="vscode-button secondary" ?disabled=${!canCreate()}>${icon('add')}Create</button>
      </form>
      ${changeProblem('group-problem', problem ?? page.problems.get('createConsumerGroup'))}
    `;
  });
}

function problemOf(page: OverviewPage, groups: readonly string[]): string | undefined {
  const name = page.draft.groupName.trim();
  return groups.some((group) => isSameText(group, name))
    ? `There is a consumer group "${name}" already.`
    : consumerGroupNameProblem(name);
}
