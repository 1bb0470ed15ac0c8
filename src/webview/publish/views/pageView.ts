import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { actionsView } from './actionsView';
import { composeView } from './composeView';
import { repeatView } from './repeatView';
import { resultsView } from './resultsView';
import { type ViewContext } from './viewContext';
import { connectionDetailsView } from './connectionDetailsView';

/** The whole page. */
export function pageView(context: ViewContext): TemplateResult {
  const { state, draft, announcement } = context.page;
  if (!state || !draft) return html`<p class="quiet">${l10n.t('Loading…')}</p>`;
  return html`
    <header>
      <h1>${l10n.t('Publish to {0}', state.hub.name)}</h1>
      ${state.fileName === null ? nothing : html`<span class="quiet">${state.fileName}</span>`}
    </header>
    <div class="columns">
      <div class="column">${composeView(context, draft, state)}</div>
      <div class="column">
        ${connectionDetailsView(context, draft, state)}${repeatView(context, draft, state)}
      </div>
    </div>
    ${actionsView(context, draft, state)} ${resultsView(context, state)}
    <div class="visually-hidden" aria-live="polite">${announcement}</div>
  `;
}
