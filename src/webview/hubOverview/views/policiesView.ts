import * as l10n from '@vscode/l10n';
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
  const isOff = sections.properties.data?.hub?.isLocalAuthOff ?? false;
  return sectionView(page, 'policies', l10n.t('Shared access policies'), section, (policies) =>
    policies.length === 0
      ? html`<p class="quiet">${l10n.t('This hub has no shared access policies.')}</p>`
      : html`
          ${
            isOff
              ? html`<p class="problem info">
                  ${icon('info')}<span
                    >${l10n.t('Shared access keys are disabled. The hub accepts only Microsoft Entra ID, so these keys do not grant access.')}</span
                  >
                </p>`
              : nothing
          }
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">${l10n.t('Name')}</th>
                <th scope="col">${l10n.t('Permissions')}</th>
                ${canCopyPolicies ? html`<th scope="col"><span class="visually-hidden">${l10n.t('Actions')}</span></th>` : nothing}
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
                            ${iconButton('copy', l10n.t('Copy connection string of {0}', name), () =>
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
