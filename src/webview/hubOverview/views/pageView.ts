import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { clockTime } from '../../../core/base/dates';
import { formatCount } from '../../../core/base/numbers';
import { stateText, tierText } from '../../../core/hub/hubOverview';
import { icon } from '../icons';
import { type HubProperties, type OverviewState } from '../api';
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
  if (!state) return html`<p class="quiet">${l10n.t('Loading…')}</p>`;
  const { sections } = state;
  return html`
    ${headView(page, state)} ${noticeView(page, state)}
    ${
      state.isReachable
        ? html`
            ${figuresView(page, state)}
            <div class="columns">
              <div>
                ${sectionView(page, 'properties', l10n.t('Hub'), sections.properties, (properties) => propertiesView(page, properties))}
                ${sections.properties.data?.hub?.events ? eventsView(page, state, sections.properties.data.hub.events) : nothing}
                ${sections.properties.data?.hub ? securityView(sections.properties.data.hub) : nothing}
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
        ${state.working ?? (state.isLoading ? l10n.t('Reading…') : state.asOf === null ? '' : l10n.t('As of {0}', clockTime(state.asOf)))}
      </span>
      <button
        class="vscode-button secondary small"
        title=${l10n.t('Read all sections again')}
        ?disabled=${state.isLoading}
        @click=${() => page.post('refresh', {})}
      >
        ${icon('refresh')}${l10n.t('Refresh')}
      </button>
      ${
        state.hasPortal
          ? html`<button class="vscode-button secondary small" @click=${() => page.post('openInPortal', {})}>
              ${icon('open')}${l10n.t('Open in Azure Portal')}
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

function propertiesView(page: OverviewPage, { hostName, policyName, hub }: HubProperties): TemplateResult {
  const rows: NameValue[] = [
    [
      l10n.t('Host name'),
      copyable(hostName, l10n.t('Copy host name'), () => page.post('copy', { what: 'hostName' })),
    ],
    ...(hub
      ? ([
          [l10n.t('State'), stateText(hub.state)],
          [l10n.t('Tier'), tierText(hub.sku)],
          [l10n.t('Region'), hub.location],
          [l10n.t('Resource group'), hub.resourceGroup],
          ...(hub.subscription.name === null
            ? []
            : ([[l10n.t('Subscription'), hub.subscription.name]] as const)),
          [
            l10n.t('Subscription ID'),
            copyable(hub.subscription.id, l10n.t('Copy subscription ID'), () =>
              page.post('copy', { what: 'subscriptionId' }),
            ),
          ],
        ] as const)
      : []),
    ...(policyName === null ? [] : ([[l10n.t('Shared access policy'), policyName]] as const)),
  ];
  return rowsView(rows);
}

type AzureHubProperties = NonNullable<HubProperties['hub']>;

function eventsView(
  page: OverviewPage,
  { canCopyEventsString }: OverviewState,
  { endpoint, path, partitionCount, retentionDays }: NonNullable<AzureHubProperties['events']>,
): TemplateResult {
  return html`
    <section aria-labelledby="events-heading" class="part">
      <h2 id="events-heading">${l10n.t('Event Hubs-compatible endpoint')}</h2>
      ${rowsView([
        [
          l10n.t('Name'),
          copyable(path, l10n.t('Copy Event Hubs-compatible name'), () =>
            page.post('copy', { what: 'eventsPath' }),
          ),
        ],
        [
          l10n.t('Endpoint'),
          copyable(endpoint, l10n.t('Copy endpoint'), () => page.post('copy', { what: 'eventsEndpoint' })),
        ],
        [l10n.t('Partitions'), formatCount(partitionCount)],
        [
          l10n.t('Retention'),
          retentionDays === 1 ? l10n.t('1 day') : l10n.t('{0} days', formatCount(retentionDays)),
        ],
      ])}
      ${
        canCopyEventsString
          ? html`<button
              class="vscode-button secondary small"
              @click=${() => page.post('copyEventsString', {})}
            >
              ${icon('copy')}${l10n.t('Copy Event Hubs Connection String…')}
            </button>`
          : nothing
      }
    </section>
  `;
}

function securityView({
  isPublicAccessOff,
  isLocalAuthOff,
  minTlsVersion,
}: AzureHubProperties): TemplateResult {
  return html`
    <section aria-labelledby="security-heading" class="part">
      <h2 id="security-heading">${l10n.t('Network and security')}</h2>
      ${rowsView([
        [
          l10n.t('Public network access'),
          isPublicAccessOff ? l10n.t('Disabled (private endpoints only)') : l10n.t('Enabled'),
        ],
        [
          l10n.t('Shared access keys'),
          isLocalAuthOff ? l10n.t('Disabled (Microsoft Entra ID only)') : l10n.t('Enabled'),
        ],
        [l10n.t('Minimum TLS version'), minTlsVersion ?? l10n.t('Not set (regional default)')],
      ])}
    </section>
  `;
}
