import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import warning from '@vscode/codicons/src/icons/warning.svg';
import { codicon } from '../shared/codicon';
import { type WaitingState } from './api';

interface WaitingActions {
  readonly act: () => void;
  readonly close: () => void;
}

/** A progress ring while the hub is searched for; then why it is unavailable, and the actions. */
export const waitingView = ({ hub, absence }: WaitingState, actions: WaitingActions): TemplateResult => html`
  <div class="waiting">
    ${absence ? html`<h1>${hub.name}</h1>` : ring}
    <p role="status">
      ${absence ? html`${codicon('warning', warning)}${absence.message}` : l10n.t('Waiting for {0}…', hub.name)}
    </p>
    ${
      absence
        ? html`<div class="buttons">
            ${
              absence.action === null
                ? nothing
                : html`<button class="vscode-button" @click=${actions.act}>${absence.action}</button>`
            }
            <button class="vscode-button secondary" @click=${actions.close}>${l10n.t('Close')}</button>
          </div>`
        : nothing
    }
  </div>
`;

const ring = html`
  <svg class="vscode-progress-ring" viewBox="0 0 16 16" aria-hidden="true">
    <circle class="background" cx="8" cy="8" r="7" />
    <circle class="indicator" cx="8" cy="8" r="7" />
  </svg>
`;
