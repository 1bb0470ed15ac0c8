import * as l10n from '@vscode/l10n';
import { itemList } from '../../../core/base/lists';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { builtInEndpoint } from '../../../core/hub/hubSettings';
import { endpointKindText, routingEffect, sourceText } from '../../../core/hub/routingEffect';
import { icon } from '../icons';
import { type DataOf, type Route, type Section } from '../api';
import { type OverviewPage } from '../page';
import { changeProblem, iconButton, sectionView } from './parts';
import { translated } from '../../shared/translated';
import { routeForm } from './routeForm';

type Routing = DataOf<'routing'>;

/** The routes and endpoints, and the destination of messages that match no route. */
export function routingView(page: OverviewPage, section: Section<Routing>): TemplateResult {
  return sectionView(page, 'routing', l10n.t('Message routing'), section, (routing) => {
    const effect = routingEffect(routing);
    return html`
      <p class="problem ${effect.isWarning ? 'warning' : 'info'} effect">
        ${icon(effect.isWarning ? 'warning' : 'info')}<span>${effect.text}</span>
      </p>
      ${fallbackView(page, routing)}
      <h3 id="routes-title" tabindex="-1">${l10n.t('Routes')}</h3>
      ${routing.routes.length === 0 ? html`<p class="quiet">${l10n.t('No routes.')}</p>` : routesView(page, routing.routes)}
      ${changeProblem('remove-route-problem', page.problems.get('removeRoute'))}
      ${
        page.draft.isRouteOpen
          ? routeForm(page, routing)
          : html`<button id="add-route" class="vscode-button secondary" @click=${() => page.openRouteForm()}>
              ${icon('add')}${l10n.t('Add Route')}
            </button>`
      }
      <h3>${l10n.t('Endpoints')}</h3>
      ${endpointsView(routing)}
    `;
  });
}

function fallbackView(page: OverviewPage, { isFallbackOn }: Routing): TemplateResult {
  // The check box keeps its new state until the result of the change is known.
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
        >${l10n.t('Fallback route')}
        <span class="quiet"
          >${
            isFallbackOn
              ? l10n.t('Enabled: messages that match no route go to the built-in endpoint')
              : l10n.t('Disabled: messages that match no route are dropped')
          }</span
        ></span
      >
    </label>
    ${changeProblem('fallback-problem', page.problems.get('setFallback'))}
  `;
}

function routesView(page: OverviewPage, routes: readonly Route[]): TemplateResult {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${l10n.t('Routes')}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Name')}</th>
            <th scope="col">${l10n.t('Source')}</th>
            <th scope="col">${l10n.t('Condition')}</th>
            <th scope="col">${l10n.t('Endpoints')}</th>
            <th scope="col">${l10n.t('Enabled')}</th>
            <th scope="col"><span class="visually-hidden">${l10n.t('Actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          ${routes.map(
            ({ name, source, condition, endpoints, isEnabled }) => html`
              <tr>
                <th scope="row">${name}</th>
                <td>${sourceText(source)}</td>
                <td class="mono condition">${condition}</td>
                <td>${itemList(endpoints)}</td>
                <td>${isEnabled ? l10n.t('Yes') : l10n.t('No')}</td>
                <td class="right">
                  ${iconButton('trash', l10n.t('Delete route {0}', name), () => page.removeRoute(name), page.isBusy)}
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
      ${translated(
        l10n.t(
          '{0} is the built-in endpoint, from which monitoring reads. Create other endpoints in the Azure portal.',
        ),
        html`<span class="mono">${builtInEndpoint}</span>`,
      )}
    </p>`;
  }
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${l10n.t('Endpoints')}>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Name')}</th>
            <th scope="col">${l10n.t('Type')}</th>
            <th scope="col">${l10n.t('Target')}</th>
            <th scope="col">${l10n.t('Authentication')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">${builtInEndpoint}</th>
            <td>${l10n.t('Built-in endpoint')}</td>
            <td>${l10n.t('Read by monitoring')}</td>
            <td>–</td>
          </tr>
          ${endpoints.map(
            ({ name, kind, target, isIdentityBased }) => html`
              <tr>
                <th scope="row">${name}</th>
                <td>${endpointKindText(kind)}</td>
                <td class="mono">${target}</td>
                <td>${isIdentityBased ? l10n.t('Managed identity') : l10n.t('Key')}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
