import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { builtInEndpoint } from '../../../core/hub/hubSettings';
import { endpointKinds, routingEffect, sourceText } from '../../../core/hub/routingEffect';
import { icon } from '../icons';
import { type DataOf, type Route, type Section } from '../api';
import { type OverviewPage } from '../page';
import { changeProblem, iconButton, sectionView } from './parts';
import { routeForm } from './routeForm';

type Routing = DataOf<'routing'>;

/** Where messages go, and what becomes of those that go nowhere. */
export function routingView(page: OverviewPage, section: Section<Routing>): TemplateResult {
  return sectionView(page, 'routing', 'Message routing', section, (routing) => {
    const effect = routingEffect(routing);
    return html`
      <p class="problem ${effect.isWarning ? 'warning' : 'info'} effect">
        ${icon(effect.isWarning ? 'warning' : 'info')}<span>${effect.text}</span>
      </p>
      ${fallbackView(page, routing)}
      <h3 id="routes-title" tabindex="-1">Routes</h3>
      ${routing.routes.length === 0 ? html`<p class="quiet">There is no route.</p>` : routesView(page, routing.routes)}
      ${changeProblem('remove-route-problem', page.problems.get('removeRoute'))}
      ${
        page.draft.isRouteOpen
          ? routeForm(page, routing)
          : html`<button id="add-route" class="vscode-button secondary" @click=${() => page.openRouteForm()}>
              ${icon('add')}Add Route
            </button>`
      }
      <h3>Endpoints</h3>
      ${endpointsView(routing)}
    `;
  });
}

function fallbackView(page: OverviewPage, { isFallbackOn }: Routing): TemplateResult {
  // A box that was clicked stays so until it is known what came of it.
  const isTicked = page.pending === 'setFallback' ? !isFallbackOn : isFallbackOn;
  return html`
    <label class="choice">
      <input
        type="checkbox"
        id="fallback"
        aria-describedby="fallback-problem"
        ?disabled=${page.isBusy}
        .checked=${live(isTicked)}
        @change=${(event: Event) =>
          page.setFallback(event.target instanceof HTMLInputElement && event.target.checked)}
      />
      <span
        >Fallback route
        <span class="quiet"
          >${
            isFallbackOn
              ? 'on: messages that match no route go to the built-in endpoint'
              : 'off: messages that match no route are dropped'
          }</span
        ></span
      >
    </label>
    ${changeProblem('fallback-problem', page.problems.get('setFallback'))}
  `;
}

function routesView(page: OverviewPage, routes: readonly Route[]): TemplateResult {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Routes">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Source</th>
            <th scope="col">Condition</th>
            <th scope="col">Endpoints</th>
            <th scope="col">Enabled</th>
            <th scope="col"><span class="visually-hidden">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${routes.map(
            ({ name, source, condition, endpoints, isEnabled }) => html`
              <tr>
                <th scope="row">${name}</th>
                <td>${sourceText(source)}</td>
                <td class="mono condition">${condition}</td>
                <td>${endpoints.join(', ')}</td>
                <td>${isEnabled ? 'yes' : 'no'}</td>
                <td class="right">
                  ${iconButton('trash', `Remove route ${name}`, () => page.removeRoute(name), page.isBusy)}
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

function endpointsView({ endpoints }: Routing): TemplateResult {
  if (endpoints.length === 0) {
    return html`<p>
      <span class="mono">${builtInEndpoint}</span>
      <span class="quiet"
        >is the built-in endpoint, where monitors read. Others are made in the Azure portal.</span
      >
    </p>`;
  }
  return html`
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          <th scope="col">Where</th>
          <th scope="col">Signs in by</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">${builtInEndpoint}</th>
          <td>Built-in endpoint</td>
          <td>where monitors read</td>
          <td>–</td>
        </tr>
        ${endpoints.map(
          ({ name, kind, target, isIdentityBased }) => html`
            <tr>
              <th scope="row">${name}</th>
              <td>${endpointKinds[kind]}</td>
              <td class="mono">${target}</td>
              <td>${isIdentityBased ? 'identity' : 'key'}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}
