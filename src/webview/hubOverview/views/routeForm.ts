import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { builtInEndpoint, routeNameProblem, routeSources } from '../../../core/hub/hubSettings';
import { routeConditionHint, routeConditionProblem } from '../../../core/hub/routeCondition';
import { endpointKindText, sourceText } from '../../../core/hub/routingEffect';
import { icon } from '../icons';
import { type DataOf } from '../api';
import { type OverviewPage } from '../page';
import { valueOf } from '../../shared/formEvents';
import { translated } from '../../shared/translated';
import { changeProblem } from './parts';

const conditionExample = "level = 'storage' AND $body.temperature > 30";

/** The form of a new route. Its input is kept when the page is hidden and when the hub rejects it. */
export function routeForm(page: OverviewPage, { routes, endpoints }: DataOf<'routing'>): TemplateResult {
  const { name, source, condition, endpoint } = page.draft.route;
  const nameProblem = nameProblemOf(page, routes);
  const conditionProblem = routeConditionProblem(condition);
  const hint = routeConditionHint(condition);
  // Checked again on submit: the latest input may not be drawn yet.
  const canAdd = () =>
    !page.isBusy &&
    nameProblemOf(page, routes) === undefined &&
    routeConditionProblem(page.draft.route.condition) === undefined;
  const add = (event: Event) => {
    event.preventDefault();
    if (canAdd()) page.addRoute();
  };
  const choices = [
    { value: builtInEndpoint, label: l10n.t('{0} (built-in endpoint)', builtInEndpoint) },
    ...endpoints.map((one) => ({
      value: one.name,
      label: l10n.t('{0} ({1})', one.name, endpointKindText(one.kind)),
    })),
  ];
  return html`
    <form
      class="route-form"
      aria-label=${l10n.t('New route')}
      @submit=${add}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') page.closeRouteForm();
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) add(event);
      }}
    >
      <label for="route-name">${l10n.t('Name')}</label>
      <div>
        ${field('route-name', name, name !== '' && nameProblem !== undefined, (value) => page.editRoute({ name: value }))}
        ${changeProblem('route-name-problem', name === '' ? undefined : nameProblem)}
      </div>
      <label for="route-source">${l10n.t('Source')}</label>
      ${select(
        'route-source',
        source,
        routeSources.map((one) => ({ value: one, label: sourceText(one) })),
        (value) => page.editRoute({ source: value }),
      )}
      <label for="route-condition">${l10n.t('Condition')}</label>
      <div>
        ${field('route-condition', condition, conditionProblem !== undefined, (value) => page.editRoute({ condition: value }))}
        ${changeProblem('route-condition-problem', conditionProblem)}
        ${hint === undefined ? nothing : html`<p class="problem info">${icon('info')}<span>${hint}</span></p>`}
        <p class="quiet">${translated(l10n.t('Example: {0}'), html`<code>${conditionExample}</code>`)}</p>
      </div>
      <label for="route-endpoint">${l10n.t('Endpoint')}</label>
      ${select('route-endpoint', endpoint, choices, (value) => page.editRoute({ endpoint: value }))}
      <span></span>
      <div>
        <div class="row">
          <button class="vscode-button" ?disabled=${!canAdd()}>${icon('add')}${l10n.t('Add')}</button>
          <button class="vscode-button secondary" type="button" @click=${() => page.closeRouteForm()}>
            ${l10n.t('Cancel')}
          </button>
        </div>
        ${changeProblem('add-route-problem', page.problems.get('addRoute'))}
      </div>
    </form>
  `;
}

const nameProblemOf = ({ draft }: OverviewPage, routes: DataOf<'routing'>['routes']) =>
  routeNameProblem(
    draft.route.name.trim(),
    routes.map((route) => route.name),
  );

const field = (id: string, value: string, isInvalid: boolean, onInput: (value: string) => void) =>
  html`<input
    id=${id}
    class="vscode-textfield"
    type="text"
    spellcheck="false"
    autocomplete="off"
    aria-invalid=${String(isInvalid)}
    aria-describedby="${id}-problem"
    .value=${live(value)}
    @input=${(event: Event) => onInput(valueOf(event))}
  />`;

const select = (
  id: string,
  value: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  onChange: (value: string) => void,
) =>
  html`<select id=${id} class="select" @change=${(event: Event) => onChange(valueOf(event))}>
    ${choices.map(
      (choice) =>
        html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</option>`,
    )}
  </select>`;
