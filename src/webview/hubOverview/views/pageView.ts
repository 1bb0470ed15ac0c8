import { html, nothing, type TemplateResult } from 'lit';
import { clockTime } from '../../../core/base/dates';
import { counted } from '../../../core/base/numbers';
import { stateText, tierText } from '../../../core/hub/hubOverview';
import { icon } from '../icons';
import { type Facts, type OverviewState } from '../api';
import { type OverviewPage } from '../page';
import { consumerGroupsView } from './consumerGroupsView';
import { figuresView } from './figuresView';
import { type NameValue } from '../../shared/nameValueList';
import { copyable, rowsView, sectionView } from './parts';
import { policiesView } from './policiesView';
import { routingView } from './routingView';

/** The whole page. */
export function pageView(page: OverviewPage): TemplateResult {
  const { state } = page;
  if (!state) return html`<p class="quiet">Loading…</p>`;
  const { sections } = state;
  return html`
    ${headView(page, state)} ${noticeView(page, state)}
    ${
      state.isReachable
        ? html`
            ${figuresView(page, state)}
            <div class="columns">
              <div>
                ${sectionView(page, 'facts', 'Hub', sections.facts, (facts) => factsView(page, facts))}
                ${sections.facts.data?.hub?.events ? eventsView(page, state, sections.facts.data.hub.events) : nothing}
                ${sections.facts.data?.hub ? securityView(sections.facts.data.hub) : nothing}
              </div>
              <div>
                ${sections.policies ? policiesView(page, state, sections.policies) : nothing}
                ${sections.consumerGroups ? consumerGroupsView(page, sections.consumerGroups) : nothing}
              </div>
            </div>
            ${sections.routing ? routingView(page, sections.routing) : nothing}
          `
        : nothing
    }
    <div class="visually-hidden" aria-live="polite">${page.announcement}</div>
  `;
}

function headView(page: OverviewPage, state: OverviewState): TemplateResult {
  return html`
    <header>
      <h1>${state.hub.name}</h1>
      <span class="spring"></span>
      <span class="quiet">
        ${state.working ?? (state.isLoading ? 'Reading…' : state.asOf === null ? '' : `as of ${clockTime(state.asOf)}`)}
      </span>
      <button
        class="vscode-button secondary small"
        title="Read everything again"
        ?disabled=${state.isLoading}
        @click=${() => page.post('refresh', {})}
      >
        ${icon('refresh')}Refresh
      </button>
      ${
        state.hasPortal
          ? html`<button class="vscode-button secondary small" @click=${() => page.post('openInPortal', {})}>
              ${icon('open')}Open in Azure Portal
            </button>`
          : nothing
      }
    </header>
  `;
}

const noticeIcons = { info: 'info', warning: 'warning', error: 'error' } as const;

function noticeView(page: OverviewPage, { notice }: OverviewState): TemplateResult | typeof nothing {
  if (!notice) return nothing;
  return html`
    <div class="notice problem ${notice.kind}" role="status">
      ${icon(noticeIcons[notice.kind])}
      <div>
        <p>${notice.text}</p>
        ${
          notice.action === null
            ? nothing
            : html`<button class="vscode-button small" @click=${() => page.post('actOnNotice', {})}>
                ${notice.action}
              </button>`
        }
      </div>
    </div>
  `;
}

function factsView(page: OverviewPage, { hostName, policyName, hub }: Facts): TemplateResult {
  const rows: NameValue[] = [
    ['Host name', copyable(hostName, 'host name', () => page.post('copy', { what: 'hostName' }))],
    ...(hub
      ? ([
          ['State', stateText(hub.state)],
          ['Tier', tierText(hub.sku)],
          ['Region', hub.location],
          ['Resource group', hub.resourceGroup],
          ...(hub.subscription.name === null ? [] : ([['Subscription', hub.subscription.name]] as const)),
          [
            'Subscription ID',
            copyable(hub.subscription.id, 'subscription ID', () =>
              page.post('copy', { what: 'subscriptionId' }),
            ),
          ],
        ] as const)
      : []),
    ...(policyName === null ? [] : ([['Shared access policy', policyName]] as const)),
  ];
  return rowsView(rows);
}

type HubFacts = NonNullable<Facts['hub']>;

function eventsView(
  page: OverviewPage,
  { canCopyEventsString }: OverviewState,
  { endpoint, path, partitionCount, retentionDays }: NonNullable<HubFacts['events']>,
): TemplateResult {
  return html`
    <section aria-labelledby="events-heading" class="part">
      <h2 id="events-heading">Event Hubs-compatible endpoint</h2>
      ${rowsView([
        ['Name', copyable(path, 'name of the event hub', () => page.post('copy', { what: 'eventsPath' }))],
        ['Endpoint', copyable(endpoint, 'endpoint', () => page.post('copy', { what: 'eventsEndpoint' }))],
        ['Partitions', String(partitionCount)],
        ['Retention', counted(retentionDays, 'day')],
      ])}
      ${
        canCopyEventsString
          ? html`<button
              class="vscode-button secondary small"
              @click=${() => page.post('copyEventsString', {})}
            >
              ${icon('copy')}Copy Event Hubs Connection String…
            </button>`
          : nothing
      }
    </section>
  `;
}

function securityView({ isPublicAccessOff, isLocalAuthOff, minTlsVersion }: HubFacts): TemplateResult {
  return html`
    <section aria-labelledby="security-heading" class="part">
      <h2 id="security-heading">Network and security</h2>
      ${rowsView([
        ['Public network access', isPublicAccessOff ? 'Off: private endpoints alone' : 'On'],
        ['Shared access keys', isLocalAuthOff ? 'Off: Microsoft Entra ID alone' : 'On'],
        ['Lowest TLS version', minTlsVersion ?? 'not set: what the region takes'],
      ])}
    </section>
  `;
}
