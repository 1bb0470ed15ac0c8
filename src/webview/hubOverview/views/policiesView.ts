import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../icons';
import { type DataOf, type OverviewState, type Section } from '../api';
import { type OverviewPage } from '../page';
import { iconButton, sectionView } from './parts';

export function policiesView(
  page: OverviewPage,
  { canCopyPolicies, sections }: OverviewState,
  section: Section<DataOf<'policies'>>,
): TemplateResult {
  const isOff = sections.facts.data?.hub?.isLocalAuthOff ?? false;
  return sectionView(page, 'policies', 'Shared access policies', section, (policies) =>
    policies.length === 0
      ? html`<p class="quiet">This hub has no shared access policy.</p>`
      : html`
          ${
            isOff
              ? html`<p class="problem info">
                  ${icon('info')}<span
                    >Shared access keys are off: the hub takes Microsoft Entra ID alone, and these keys open
                    nothing.</span
                  >
                </p>`
              : nothing
          }
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Rights</th>
                ${canCopyPolicies ? html`<th scope="col"><span class="visually-hidden">Actions</span></th>` : nothing}
              </tr>
            </thead>
            <tbody>
              ${policies.map(
                ({ name, rights }) => html`
                  <tr>
                    <th scope="row" class="mono">${name}</th>
                    <td>${rights.join(', ')}</td>
                    ${
                      canCopyPolicies
                        ? html`<td class="right">
                            ${iconButton('copy', `Copy connection string of ${name}`, () =>
                              page.post('copyPolicy', { name }),
                            )}
                          </td>`
                        : nothing
                    }
                  </tr>
                `,
              )}
            </tbody>
          </table>
        `,
  );
}
