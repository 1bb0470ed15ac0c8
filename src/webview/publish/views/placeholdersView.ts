import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { type PanelState } from '../api';
import { summaryView } from './fields';
import { type ViewContext } from './viewContext';

/** The functions that placeholders can use. */
export function placeholdersView({ page, editor }: ViewContext, { generators }: PanelState): TemplateResult {
  const isText = page.draft?.body.kind !== 'file';
  return html`
    <details>
      ${summaryView(l10n.t('Placeholders'))}
      <p class="quiet">
        ${l10n.t('An expression in double braces is evaluated for each message: in the body, the IDs and the properties. In a JSON body, write it inside a string. A string that consists of one placeholder is replaced by its value.')}
      </p>
      <div class="scroll">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">${l10n.t('Name')}</th>
              <th scope="col">${l10n.t('Returns')}</th>
              <th scope="col">${l10n.t('Example')}</th>
            </tr>
          </thead>
          <tbody>
            ${generators.map(
              ({ signature, description, example }) => html`
                <tr>
                  <th scope="row"><code>${signature}</code></th>
                  <td>${description}</td>
                  <td>
                    <button
                      class="link mono"
                      title=${l10n.t('Insert into body')}
                      ?disabled=${!isText}
                      @click=${() => editor.insert(example)}
                    >
                      ${example}
                    </button>
                  </td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}
