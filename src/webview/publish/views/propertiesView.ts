import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { type PublishDraft } from '../../../core/publish/draft';
import { icon } from '../icons';
import { type Page } from '../page';
import { valueOf } from '../../shared/formEvents';
import { problemsView } from './fields';

type Properties = PublishDraft['properties'];

/** The application properties, one row each. */
export function propertiesView(page: Page, { properties }: PublishDraft): TemplateResult {
  const replace = (changed: Properties) => page.edit({ properties: changed });
  // Read again on each event: typing can be faster than drawing.
  const current = () => page.draft?.properties ?? properties;
  const add = () => {
    focusSoon(`property-name-${current().length}`);
    replace([...current(), { name: '', value: '' }]);
  };
  return html`
    <h3 id="properties-title">${l10n.t('Application properties')}</h3>
    <table class="properties" aria-labelledby="properties-title" ?hidden=${properties.length === 0}>
      <thead>
        <tr>
          <th scope="col">${l10n.t('Name')}</th>
          <th scope="col">${l10n.t('Value')}</th>
          <th scope="col"><span class="visually-hidden">${l10n.t('Actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${properties.map((property, row) => rowView(page, current, row, property, replace, add))}
      </tbody>
    </table>
    ${problemsView('properties', page.problems('properties'))}
    <button class="vscode-button secondary small" @click=${add}>
      ${icon('add')}${l10n.t('Add Property')}
    </button>
  `;
}

function rowView(
  page: Page,
  current: () => Properties,
  row: number,
  property: Properties[number],
  replace: (changed: Properties) => void,
  add: () => void,
): TemplateResult {
  const change = (part: Partial<Properties[number]>) =>
    replace(current().map((other, at) => (at === row ? { ...other, ...part } : other)));
  const problems = page.problems('properties', row);
  const remove = () => {
    replace(current().toSpliced(row, 1));
    focusSoon(row > 0 ? `property-name-${row - 1}` : 'property-name-0');
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || row < current().length - 1) return;
    event.preventDefault();
    add();
  };
  return html`
    <tr>
      <td>
        <input
          class="vscode-textfield"
          type="text"
          id="property-name-${row}"
          aria-label=${l10n.t('Name of property {0}', row + 1)}
          aria-describedby="problems-property-${row}"
          spellcheck="false"
          .value=${live(property.name)}
          @input=${(event: Event) => change({ name: valueOf(event) })}
        />
        ${problemsView(`property-${row}`, problems)}
      </td>
      <td>
        <input
          class="vscode-textfield"
          type="text"
          aria-label=${l10n.t('Value of property {0}', row + 1)}
          spellcheck="false"
          .value=${live(property.value)}
          @input=${(event: Event) => change({ value: valueOf(event) })}
          @keydown=${onKey}
        />
      </td>
      <td>
        <button
          class="icon-button"
          aria-label=${l10n.t('Remove property {0}', row + 1)}
          title=${l10n.t('Remove')}
          @click=${remove}
        >
          ${icon('close')}
        </button>
      </td>
    </tr>
  `;
}

/** Waits for the next draw, which adds the field. */
function focusSoon(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()));
}
