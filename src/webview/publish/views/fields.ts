import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { formatCount } from '../../../core/base/numbers';
import { valueOf } from '../../shared/formEvents';
import { translated } from '../../shared/translated';
import { type Problem } from '../api';
import { icon } from '../icons';
import { type Page } from '../page';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The problems of a field, shown below it. A position in the text is a button that goes there. */
export function problemsView(
  id: string,
  problems: readonly Problem[],
  goTo?: (at: NonNullable<Problem['at']>) => void,
): TemplateResult {
  return html`<div id="problems-${id}" class="problems">
    ${problems.map(
      ({ severity, message, at }) => html`
        <p class="problem ${severity}">
          ${icon(severity === 'error' ? 'error' : 'warning')}<span
            >${
              at && goTo
                ? translated(
                    l10n.t('{0}: {1}'),
                    html`<button class="link" @click=${() => goTo(at)}>
                      ${l10n.t('Line {0}, column {1}', at.line, at.column)}
                    </button>`,
                    message,
                  )
                : message
            }</span
          >
        </p>
      `,
    )}
  </div>`;
}

/** A label and its text field. */
export function textField(
  page: Page,
  options: {
    readonly id: Problem['field'];
    readonly label: string;
    readonly value: string;
    readonly suggestions?: readonly string[];
    readonly onInput: (value: string) => void;
  },
): TemplateResult {
  const { id, label, value, suggestions, onInput } = options;
  const problems = page.problems(id);
  return html`
    <label for=${id}>${label}</label>
    <div>
      <input
        class="vscode-textfield"
        type="text"
        id=${id}
        spellcheck="false"
        autocomplete="off"
        list=${suggestions ? `${id}-list` : nothing}
        aria-invalid=${problems.some(({ severity }) => severity === 'error') ? 'true' : nothing}
        aria-describedby="problems-${id}"
        .value=${live(value)}
        @input=${(event: Event) => onInput(valueOf(event))}
      />
      ${
        suggestions
          ? html`<datalist id="${id}-list">
              ${suggestions.map((each) => html`<option value=${each}></option>`)}
            </datalist>`
          : nothing
      }
      ${problemsView(id, problems)}
    </div>
  `;
}

/** A label and its drop-down list. */
export function selectField(options: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
}): TemplateResult {
  const { id, label, value, choices, onChange } = options;
  return html`
    <label for=${id}>${label}</label>
    <div>
      <select id=${id} class="select" @change=${(event: Event) => onChange(valueOf(event))}>
        ${choices.map(
          (choice) =>
            html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</option>`,
        )}
      </select>
    </div>
  `;
}

/** A number field that keeps what was typed until it is valid. */
export function numberField(
  page: Page,
  options: {
    readonly id: string;
    readonly label: string;
    readonly value: number | null;
    readonly min: number;
    readonly max: number;
    readonly isWhole: boolean;
    /** Whether an empty field is valid. */
    readonly mayBeEmpty?: boolean;
    readonly isDisabled?: boolean;
    readonly onNumber: (value: number | null) => void;
  },
): TemplateResult {
  const { id, label, value, min, max, isWhole, mayBeEmpty, isDisabled, onNumber } = options;
  const typed = page.typed.get(id);
  const onInput = (event: Event) => {
    const text = valueOf(event).trim();
    const number = Number(text);
    const fits = text !== '' && number >= min && number <= max && (!isWhole || Number.isInteger(number));
    if (!fits && !(mayBeEmpty && text === '')) {
      const range = [formatCount(min), formatCount(max)] as const;
      page.type(id, {
        text,
        problem: isWhole
          ? l10n.t('{0}: enter a whole number from {1} to {2}.', label, ...range)
          : l10n.t('{0}: enter a number from {1} to {2}.', label, ...range),
      });
      return;
    }
    page.type(id, undefined);
    onNumber(text === '' ? null : number);
  };
  return html`<label for=${id}>${label}</label>
    <input
      class="vscode-textfield number"
      type="text"
      inputmode=${isWhole ? 'numeric' : 'decimal'}
      id=${id}
      ?disabled=${isDisabled}
      aria-invalid=${typed ? 'true' : nothing}
      aria-describedby="problems-${id}"
      .value=${live(typed?.text ?? (value === null ? '' : String(value)))}
      @input=${onInput}
    />
    ${
      typed
        ? problemsView(id, [{ field: 'target', severity: 'error', message: typed.problem }])
        : html`<span id="problems-${id}"></span>`
    }`;
}

export function isTicked(event: Event): boolean {
  return event.target instanceof HTMLInputElement && event.target.checked;
}

/** The heading of a collapsible section. */
export const summaryView = (title: string): TemplateResult =>
  html`<summary>
    ${icon('chevron')}
    <h2>${title}</h2>
  </summary>`;
