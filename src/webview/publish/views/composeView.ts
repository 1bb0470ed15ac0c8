import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { durationText } from '../../../core/base/durations';
import { formatBytes, formatCount } from '../../../core/base/numbers';
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
const bodyKinds = () =>
  [
    ['json', 'JSON'],
    ['text', l10n.t('Text')],
    ['file', l10n.t('File')],
  ] as const;

/** The message and the devices that send it. */
export function composeView(context: ViewContext, draft: PublishDraft, state: PanelState): TemplateResult {
  const { page } = context;
  return html`
    <section aria-labelledby="compose-title">
      <h2 id="compose-title">${l10n.t('Message')}</h2>
      <div class="fields">
        <span class="label" id="devices-label">${l10n.t('Devices')}</span>
        <div>
          <span class="value">${state.devicesText || l10n.t('None')}</span>
          <button
            class="vscode-button secondary small"
            aria-label=${l10n.t('Select devices')}
            @click=${() => page.request('chooseDevices')}
          >
            ${l10n.t('Select…')}
          </button>
          ${problemsView('devices', page.problems('devices'))}
        </div>
        ${authenticationView(page, draft, state)}
      </div>
      ${bodyView(context, draft)} ${sizeView(page, state)}
      <div class="fields">
        ${textField(page, {
          id: 'contentType',
          label: l10n.t('Content type'),
          value: draft.contentType,
          suggestions: contentTypes,
          onInput: (contentType) => page.edit({ contentType }),
        })}
        ${textField(page, {
          id: 'contentEncoding',
          label: l10n.t('Content encoding'),
          value: draft.contentEncoding,
          suggestions: encodings,
          onInput: (contentEncoding) => page.edit({ contentEncoding }),
        })}
        ${textField(page, {
          id: 'messageId',
          label: l10n.t('Message ID'),
          value: draft.messageId,
          onInput: (messageId) => page.edit({ messageId }),
        })}
        ${textField(page, {
          id: 'correlationId',
          label: l10n.t('Correlation ID'),
          value: draft.correlationId,
          onInput: (correlationId) => page.edit({ correlationId }),
        })}
      </div>
      ${propertiesView(page, draft)} ${placeholdersView(context, state)}
    </section>
  `;
}

function authenticationView(
  page: Page,
  draft: PublishDraft,
  { authentication, problems }: PanelState,
): TemplateResult {
  const target = problems.filter(({ field }) => field === 'target');
  const lives = [...new Set([...tokenLives, draft.tokenSeconds])].sort((a, b) => a - b);
  return html`
    <span class="label">${l10n.t('Authentication')}</span>
    <div>
      ${authentication.text === '' ? nothing : html`<span class="value">${authentication.text}</span>`}
      ${
        authentication.canChoose
          ? html`<button
              class="vscode-button secondary small"
              aria-label=${l10n.t('Select certificate files')}
              @click=${() => page.request('chooseCertificate')}
            >
              ${l10n.t('Select Files…')}
            </button>`
          : nothing
      }
      ${problemsView('target', target)}
    </div>
    ${
      authentication.kind === 'sas' || authentication.kind === 'mixed'
        ? selectField({
            id: 'tokenSeconds',
            label: l10n.t('Token validity'),
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
      <legend>${l10n.t('Body')}</legend>
      <div class="row">
        ${bodyKinds().map(
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
            ? html`<button class="vscode-button secondary small" @click=${() => page.postDraft('formatBody')}>
                ${l10n.t('Format')}
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
                aria-label=${l10n.t('Body file')}
                aria-describedby="problems-body"
                spellcheck="false"
                .value=${live(body.path)}
                @input=${(event: Event) => page.edit({ body: { kind: 'file', path: valueOf(event) } })}
              />
              <button
                class="vscode-button secondary small"
                aria-label=${l10n.t('Select body file')}
                @click=${() => page.request('chooseBodyFile')}
              >
                ${l10n.t('Select…')}
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
        aria-label=${l10n.t('Message size')}
        min="0"
        max=${maxBytes}
        high=${maxBytes * 0.9}
        optimum="0"
        .value=${Math.min(size?.bytes ?? 0, maxBytes)}
      ></meter>
      <span class="quiet"
        >${
          size
            ? `${l10n.t('{0} of {1}', formatBytes(size.bytes), formatBytes(maxBytes))} · ${billedText(size)}`
            : l10n.t('The size is shown when all placeholders are valid.')
        }</span
      >
      ${problemsView('size', problems)}
    </div>
  `;
}

function billedText({ billed, billedOnFree }: NonNullable<PanelState['size']>): string {
  return billed === 1
    ? l10n.t(
        'Counts as 1 message toward the daily quota (4 KB each; free tier: {0} × 0.5 KB)',
        formatCount(billedOnFree),
      )
    : l10n.t(
        'Counts as {0} messages toward the daily quota (4 KB each; free tier: {1} × 0.5 KB)',
        formatCount(billed),
        formatCount(billedOnFree),
      );
}
