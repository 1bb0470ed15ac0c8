import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

/** A decorative codicon beside a text. `svg` is a constant of the build, never data. */
export const codicon = (name: string, svg: string): TemplateResult =>
  html`<span class="icon icon-${name}" aria-hidden="true">${unsafeHTML(svg)}</span>`;
