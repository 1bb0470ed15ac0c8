import { html, type TemplateResult } from 'lit';

export type NameValue = readonly [name: string, value: TemplateResult | string];

/** A description list: each name with its value. `className` says how it is laid out. */
export const nameValueList = (className: string, pairs: readonly NameValue[]): TemplateResult =>
  html`<dl class=${className}>
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
