import { type TemplateResult } from 'lit';

type Part = TemplateResult | string | number;

/**
 * Fills the placeholders of a translated sentence with templates, in the order of the language:
 * `translated(l10n.t('{0} of {1}'), html`<strong>3</strong>`, '20')`.
 */
export function translated(text: string, ...parts: readonly Part[]): readonly Part[] {
  return text
    .split(/\{(\d+)\}/)
    .map((piece, at) => (at % 2 === 0 ? piece : (parts[Number(piece)] ?? `{${piece}}`)));
}
