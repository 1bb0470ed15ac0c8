import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { durationText } from '../../../core/base/durations';
import { counted, formatBytes, formatCount } from '../../../core/base/numbers';
import { type PublishDraft } from '../../../core/publish/draft';
import { type PanelState } from '../api';
import { type Page } from '../page';
import { valueOf } from '../../shared/formEvents';
import { problemsView, selectField, textField } from './fields';
import { type ViewContext } from './viewContext';
import { placeholdersView } from './placeholdersView';
import { propertiesView } from './propertiesView';

const contentTypes = [
  'application/json',
  'text/plain',
  'application/octet-stream',
  'application/xml',
  'application/cbor',
];
const encodings = ['utf-8', 'utf-16', 'utf-32', 'gzip', 'deflate'];
const tokenLives = [300, 600, 3_600, 28_800, 86_400];
const maxBytes = 262_144;
const bodyKinds = [
  ['json', 'JSON'],
  ['text', 'Text'],
  ['file', 'File'],
] as const;

/** What is sent, and as whom. */
export function composeView(context: ViewContext, draft: PublishDraft, state: PanelState): TemplateResult {
  const { page } = context;
  return html`
    <section aria-labelledby="compose-title">
      <h2 id="compose-title">Message</h2>
      <div class="fields">
        <span class="label" id="devices-label">Devices</span>
        <div>
          <span class="value">${state.devicesText || 'none'}</span>
          <button
            class="vscode-button secondary small"
            aria-label="Choose devices"
            @click=${() => page.ask('chooseDevices')}
          >
            Choose…
          </button>
          ${problemsView('devices', page.problems('devices'))}
        </div>
        ${loginView(page, draft, state)}
      </div>
      ${bodyView(context, draft)} ${sizeView(page, state)}
      <div class="fields">
        ${textField(page, {
          id: 'contentType',
          label: 'Content type',
          value: draft.contentType,
          suggestions: contentTypes,
          onInput: (contentType) => page.edit({ contentType }),
        })}
        ${textField(page, {
          id: 'contentEncoding',
          label: 'Content encoding',
          value: draft.contentEncoding,
          suggestions: encodings,
          onInput: (contentEncoding) => page.edit({ contentEncoding }),
        })}
        ${textField(page, {
          id: 'messageId',
          label: 'Message ID',
          value: draft.messageId,
          onInput: (messageId) => page.edit({ messageId }),
        })}
        ${textField(page, {
          id: 'correlationId',
          label: 'Correlation ID',
          value: draft.correlationId,
          onInput: (correlationId) => page.edit({ correlationId }),
        })}
      </div>
      ${propertiesView(page, draft)} ${placeholdersView(context, state)}
    </section>
  `;
}

function loginView(page: Page, draft: PublishDraft, { login, problems }: PanelState): TemplateResult {
  const target = problems.filter(({ field }) => field === 'target');
  const lives = [...new Set([...tokenLives, draft.tokenSeconds])].sort((a, b) => a - b);
  return html`
    <span class="label">Login</span>
    <div>
      <span class="value">${login.text}</span>
      ${
        login.canChoose
          ? html`<button
              class="vscode-button secondary small"
              aria-label="Choose certificate files"
              @click=${() => page.ask('chooseCertificate')}
            >
              Choose Files…
            </button>`
          : nothing
      }
      ${problemsView('target', target)}
    </div>
    ${
      login.kind === 'sas' || login.kind === 'mixed'
        ? selectField({
            id: 'tokenSeconds',
            label: 'Token valid for',
            value: String(draft.tokenSeconds),
            choices: lives.map((seconds) => ({ value: String(seconds), label: durationText(seconds) })),
            onChange: (value) => page.edit({ tokenSeconds: Number(value) }),
          })
        : nothing
    }
  `;
}

function bodyView({ page, editor }: ViewContext, draft: PublishDraft): TemplateResult {
  const { body } = draft;
  return html`
    <fieldset class="body">
      <legend>Body</legend>
      <div class="row">
        ${bodyKinds.map(
          ([kind, label]) => html`
            <label class="choice"
              ><input
                type="radio"
                name="body"
                value=${kind}
                .checked=${live(kind === body.kind)}
                @change=${() => page.chooseBody(kind)}
              />${label}</label
            >
          `,
        )}
        <span class="grow"></span>
        ${
          body.kind === 'json'
            ? html`<button class="vscode-button secondary small" @click=${() => page.give('formatBody')}>
                Format
              </button>`
            : nothing
        }
      </div>
      ${
        body.kind === 'file'
          ? html`<div class="row">
              <input
                class="vscode-textfield grow"
                type="text"
                aria-label="File that is the body"
                aria-describedby="problems-body"
                spellcheck="false"
                .value=${live(body.path)}
                @input=${(event: Event) => page.edit({ body: { kind: 'file', path: valueOf(event) } })}
              />
              <button
                class="vscode-button secondary small"
                aria-label="Choose the file that is the body"
                @click=${() => page.ask('chooseBodyFile')}
              >
                Choose…
              </button>
            </div>`
          : html`<div class="editor">${editor.element}</div>`
      }
      ${problemsView('body', page.problems('body'), ({ offset, length }) => editor.goTo(offset, length))}
    </fieldset>
  `;
}

function sizeView(page: Page, { size }: PanelState): TemplateResult {
  const problems = page.problems('size');
  return html`
    <div class="size">
      <meter
        aria-label="Size of the message"
        min="0"
        max=${maxBytes}
        high=${maxBytes * 0.9}
        optimum="0"
        .value=${Math.min(size?.bytes ?? 0, maxBytes)}
      ></meter>
      <span class="quiet"
        >${
          size
            ? html`${formatBytes(size.bytes)} of 256 KB · billed as ${counted(size.billed, 'message')} of 4 KB
              (${formatCount(size.billedOnFree)} of 0.5 KB on the free tier)`
            : 'The size is known when the placeholders are right.'
        }</span
      >
      ${problemsView('size', problems)}
    </div>
  `;
}
