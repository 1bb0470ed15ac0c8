import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { builtInEndpoint, routeNameProblem, routeSources } from '../../../core/hub/hubSettings';
import { routeConditionHint, routeConditionProblem } from '../../../core/hub/routeCondition';
import { endpointKinds, sourceText } from '../../../core/hub/routingEffect';
import { icon } from '../icons';
import { type DataOf } from '../api';
import { type OverviewPage } from '../page';
import { valueOf } from '../../shared/formEvents';
import { changeProblem } from './parts';

/** A new route. What is typed stays when the page is hidden, or the hub says no. */
export function routeForm(page: OverviewPage, { routes, endpoints }: DataOf<'routing'>): TemplateResult {
  const { name, source, condition, endpoint } = page.draft.route;
  const nameProblem = nameProblemOf(page, routes);
  const conditionProblem = routeConditionProblem(condition);
  const hint = routeConditionHint(condition);
  // Asked anew when it counts: what was typed a moment ago may not be drawn yet.
  const canAdd = () =>
    !page.isBusy &&
    nameProblemOf(page, routes) === undefined &&
    routeConditionProblem(page.draft.route.condition) === undefined;
  const add = (event: Event) => {
    event.preventDefault();
    if (canAdd()) page.addRoute();
  };
  const choices = [
    { value: builtInEndpoint, label: `${builtInEndpoint} (built-in endpoint)` },
    ...endpoints.map((one) => ({ value: one.name, label: `${one.name} (${endpointKinds[one.kind]})` })),
  ];
  return html`
    <form
      class="route-form"
      aria-label="New route"
      @submit=${add}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') page.closeRouteForm();
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) add(event);
      }}
    >
      <label for="route-name">Name</label>
      <div>
        ${field('route-name', name, name !== '' && nameProblem !== undefined, (value) => page.editRoute({ name: value }))}
        ${changeProblem('route-name-problem', name === '' ? undefined : nameProblem)}
      </div>
      <label for="route-source">Source</label>
      ${select(
        'route-source',
        source,
        routeSources.map((one) => ({ value: one, label: sourceText(one) })),
        (value) => page.editRoute({ source: value }),
      )}
      <label for="route-condition">Condition</label>
      <div>
        ${field('route-condition', condition, conditionProblem !== undefined, (value) => page.editRoute({ condition: value }))}
        ${changeProblem('route-condition-problem', conditionProblem)}
        ${hint === undefined ? nothing : html`<p class="problem info">${icon('info')}<span>${hint}</span></p>`}
        <p class="quiet">For example <code>level = 'storage' AND $body.temperature &gt; 30</code></p>
      </div>
      <label for="route-endpoint">Endpoint</label>
      ${select('route-endpoint', endpoint, choices, (value) => page.editRoute({ endpoint: value }))}
      <span></span>
      <div>
        <div class="row">
          <button class="vscode-button" ?disabled=${!canAdd()}>${icon('add')}Add</button>
          <button class="vscode-button secondary" type="button" @click=${() => page.closeRouteForm()}>
            Cancel
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
