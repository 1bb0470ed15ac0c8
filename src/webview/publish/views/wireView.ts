import { html, nothing, type TemplateResult } from 'lit';
import { stopwatchText } from '../../../core/base/durations';
import { type PublishDraft } from '../../../core/publish/draft';
import { snippetKinds, type PanelState, type WireRow } from '../api';
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
const transports = [
  { value: 'auto', label: 'Automatic' },
  { value: 'mqtt', label: 'MQTT (8883)' },
  { value: 'webSocket', label: 'MQTT over WebSockets (443)' },
];

/** What an MQTT client would have to be told to send the same. */
export function wireView({ page }: ViewContext, draft: PublishDraft, state: PanelState): TemplateResult {
  const { wire, tokenExpiresAt } = state;
  return html`
    <section aria-labelledby="wire-title">
      <h2 id="wire-title">On the wire</h2>
      ${
        wire.length === 0
          ? html`<p class="quiet">Choose a device of a running hub to see what is sent where.</p>`
          : html`<table class="wire" aria-labelledby="wire-title">
              <tbody>
                ${wire.map((row) => rowView(page, row))}
              </tbody>
            </table>`
      }
      ${
        tokenExpiresAt === null
          ? nothing
          : html`<p class="quiet">
              ${icon('clock')}Token of the open connection valid for
              ${stopwatchText((tokenExpiresAt - Date.now()) / 1_000)}
            </p>`
      }
      <div class="fields">
        ${selectField({
          id: 'transport',
          label: 'Transport',
          value: draft.transport,
          choices: transports,
          onChange: (value) => {
            if (value === 'auto' || value === 'mqtt' || value === 'webSocket')
              page.edit({ transport: value });
          },
        })}
        ${selectField({
          id: 'qos',
          label: 'Quality of service',
          value: String(draft.qos),
          choices: [
            { value: '1', label: '1: acknowledged by the hub' },
            { value: '0', label: '0: not acknowledged' },
          ],
          onChange: (value) => page.edit({ qos: value === '0' ? 0 : 1 }),
        })}
        ${copyView(page)}
      </div>
      ${previewView(page, state)}
    </section>
  `;
}

function rowView(page: Page, { key, label, value, note, isHidden }: WireRow): TemplateResult {
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td>
        <span class=${isHidden ? 'value' : 'mono'}>${value}</span>
        ${note ? html`<span class="quiet note">${note}</span>` : nothing}
      </td>
      <td>
        <button
          class="icon-button"
          aria-label="Copy ${label}"
          title="Copy"
          @click=${() => {
            page.flush();
            page.post('copyWire', { key });
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
    <label for="snippet">Copy as</label>
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
        aria-label="Copy the message as a command or program"
        @click=${() => {
          page.flush();
          page.post('copyAs', { kind: chosenSnippet });
        }}
      >
        Copy
      </button>
    </div>
  `;
}

function previewView(page: Page, { preview, hasPlaceholders }: PanelState): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  return html`
    <details ?open=${hasPlaceholders}>
      ${summaryView('Next message')}
      <pre class="preview" tabindex="0" aria-label="Body of the next message">
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
        aria-label="Show another next message"
        @click=${() => page.ask('nextPreview')}
      >
        ${icon('next')}Next
      </button>
    </details>
  `;
}
