import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { stopwatchText } from '../../../core/base/durations';
import { type PublishDraft } from '../../../core/publish/draft';
import { snippetKinds, type PanelState, type ConnectionDetail } from '../api';
import { icon } from '../icons';
import { type Page } from '../page';
import { valueOf } from '../../shared/formEvents';
import { selectField, summaryView } from './fields';
import { type ViewContext } from './viewContext';

const snippetNames: Readonly<Record<(typeof snippetKinds)[number], string>> = {
  mosquittoSh: 'mosquitto_pub (sh)',
  mosquittoPowerShell: 'mosquitto_pub (PowerShell)',
  az: 'az',
  node: 'Node.js',
  python: 'Python',
  c: 'C',
};
const transports = () => [
  { value: 'auto', label: l10n.t('Automatic') },
  { value: 'mqtt', label: l10n.t('MQTT ({0})', 8883) },
  { value: 'webSocket', label: l10n.t('MQTT over WebSockets ({0})', 443) },
];

/** The values that an MQTT client needs to send the same message. */
export function connectionDetailsView(
  { page }: ViewContext,
  draft: PublishDraft,
  state: PanelState,
): TemplateResult {
  const { connectionDetails, missingDetails, tokenExpiresAt } = state;
  return html`
    <section aria-labelledby="connection-details-title">
      <h2 id="connection-details-title">${l10n.t('Connection details')}</h2>
      ${
        connectionDetails.length === 0
          ? html`<p class="quiet">${missingDetails ?? l10n.t('Loading…')}</p>`
          : html`<table class="connection-details" aria-labelledby="connection-details-title">
              <tbody>
                ${connectionDetails.map((row) => rowView(page, row))}
              </tbody>
            </table>`
      }
      ${
        tokenExpiresAt === null
          ? nothing
          : html`<p class="quiet">
              ${icon('clock')}${l10n.t('The token of this connection expires in {0}', stopwatchText((tokenExpiresAt - Date.now()) / 1_000))}
            </p>`
      }
      <div class="fields">
        ${selectField({
          id: 'transport',
          label: l10n.t('Transport'),
          value: draft.transport,
          choices: transports(),
          onChange: (value) => {
            if (value === 'auto' || value === 'mqtt' || value === 'webSocket')
              page.edit({ transport: value });
          },
        })}
        ${selectField({
          id: 'qos',
          label: l10n.t('Quality of service'),
          value: String(draft.qos),
          choices: [
            { value: '1', label: l10n.t('1 (acknowledged by the hub)') },
            { value: '0', label: l10n.t('0 (not acknowledged)') },
          ],
          onChange: (value) => page.edit({ qos: value === '0' ? 0 : 1 }),
        })}
        ${copyView(page)}
      </div>
      ${previewView(page, state)}
    </section>
  `;
}

function rowView(page: Page, { key, label, value, note, isProse }: ConnectionDetail): TemplateResult {
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td>
        <span class=${isProse ? 'value' : 'mono'}>${value}</span>
        ${note ? html`<span class="quiet note">${note}</span>` : nothing}
      </td>
      <td>
        <button
          class="icon-button"
          aria-label=${l10n.t('Copy {0}', label)}
          title=${l10n.t('Copy')}
          @click=${() => {
            page.flush();
            page.post('copyConnectionDetail', { key });
          }}
        >
          ${icon('copy')}
        </button>
      </td>
    </tr>
  `;
}

let chosenSnippet: (typeof snippetKinds)[number] = 'mosquittoSh';

function copyView(page: Page): TemplateResult {
  return html`
    <label for="snippet">${l10n.t('Copy as')}</label>
    <div class="row">
      <select
        id="snippet"
        class="select grow"
        @change=${(event: Event) => {
          chosenSnippet = snippetKinds.find((kind) => kind === valueOf(event)) ?? chosenSnippet;
        }}
      >
        ${snippetKinds.map(
          (kind) =>
            html`<option value=${kind} ?selected=${kind === chosenSnippet}>${snippetNames[kind]}</option>`,
        )}
      </select>
      <button
        class="vscode-button secondary small"
        aria-label=${l10n.t('Copy message as command or code')}
        @click=${() => {
          page.flush();
          page.post('copyAs', { kind: chosenSnippet });
        }}
      >
        ${l10n.t('Copy')}
      </button>
    </div>
  `;
}

function previewView(page: Page, { preview, hasPlaceholders }: PanelState): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  return html`
    <details ?open=${hasPlaceholders}>
      ${summaryView(l10n.t('Next message'))}
      <pre class="preview" tabindex="0" aria-label=${l10n.t('Body of the next message')}>
${preview.body}${preview.isCut ? '\n…' : ''}</pre>
      <dl class="preview-properties">
        ${preview.properties.map(
          ([name, value]) => html`
            <dt>${name}</dt>
            <dd>${value}</dd>
          `,
        )}
      </dl>
      <button
        class="vscode-button secondary small"
        aria-label=${l10n.t('Regenerate the next message')}
        @click=${() => page.request('nextPreview')}
      >
        ${icon('next')}${l10n.t('Regenerate')}
      </button>
    </details>
  `;
}
