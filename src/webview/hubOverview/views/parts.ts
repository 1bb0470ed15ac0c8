import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { nameValueList, type NameValue } from '../../shared/nameValueList';
import { icon, type IconName } from '../icons';
import { type Section, type SectionName } from '../api';
import { type OverviewPage } from '../page';

/** A section of the page under its heading: loading, failed, or drawn from its data. */
export function sectionView<T>(
  page: OverviewPage,
  name: SectionName,
  title: string,
  section: Section<T>,
  draw: (data: T) => TemplateResult,
): TemplateResult {
  const id = `${name}-heading`;
  return html`
    <section aria-labelledby=${id} class="part part-${name}">
      <h2 id=${id}>${title}</h2>
      ${problemView(page, name, section)}
      ${
        section.data === null
          ? section.isLoading
            ? html`<p class="quiet">${l10n.t('Loading…')}</p>`
            : nothing
          : draw(section.data)
      }
    </section>
  `;
}

/** The error of a section, and the actions that may resolve it. */
export function problemView(
  page: OverviewPage,
  name: SectionName,
  { problem, isLoading, data }: Section<unknown>,
): TemplateResult | typeof nothing {
  if (!problem || (isLoading && data === null)) return nothing;
  return html`
    <div class="problem error">
      ${icon('error')}
      <div>
        <p>${problem.message}</p>
        <button
          class="vscode-button secondary small"
          ?disabled=${isLoading}
          @click=${() => page.post('retry', { section: name })}
        >
          ${l10n.t('Retry')}
        </button>
        ${
          problem.action === null
            ? nothing
            : html`<button
                class="vscode-button secondary small"
                @click=${() => page.post('act', { section: name })}
              >
                ${problem.action}
              </button>`
        }
      </div>
    </div>
  `;
}

/** Why a change failed. */
export const changeProblem = (id: string, problem: string | undefined): TemplateResult =>
  html`<div id=${id} class="field-problem" role="alert">
    ${problem === undefined ? nothing : html`<p class="problem error">${icon('error')}<span>${problem}</span></p>`}
  </div>`;

export const rowsView = (rows: readonly NameValue[]): TemplateResult => nameValueList('rows', rows);

export const iconButton = (name: IconName, label: string, run: () => void, isDisabled = false) =>
  html`<button class="icon-button" aria-label=${label} title=${label} ?disabled=${isDisabled} @click=${run}>
    ${icon(name)}
  </button>`;

/** A value with a button that copies it. */
export const copyable = (value: string, label: string, run: () => void): TemplateResult =>
  html`<span class="copyable"><span class="mono">${value}</span>${iconButton('copy', label, run)}</span>`;
