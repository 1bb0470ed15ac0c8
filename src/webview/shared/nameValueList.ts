import { html, type TemplateResult } from 'lit';

export type NameValue = readonly [name: string, value: TemplateResult | string];

/** A description list of names and values. `className` selects its layout. */
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
