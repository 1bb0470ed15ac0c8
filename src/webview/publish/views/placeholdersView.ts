import { html, type TemplateResult } from 'lit';
import { type PanelState } from '../api';
import { summaryView } from './fields';
import { type ViewContext } from './viewContext';

/** What can stand between the braces. */
export function placeholdersView({ page, editor }: ViewContext, { generators }: PanelState): TemplateResult {
  const isText = page.draft?.body.kind !== 'file';
  return html`
    <details>
      ${summaryView('Placeholders')}
      <p class="quiet">
        An expression between double braces is filled in for each message: in the body, the ids and the
        properties. In a JSON body it stands inside a string; a string that is one placeholder becomes its
        value.
      </p>
      <div class="scroll">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Gives</th>
              <th scope="col">Example</th>
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
                      title="Insert into the body"
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
