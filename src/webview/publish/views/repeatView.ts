import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { limits, type PublishDraft, type Repeat } from '../../../core/publish/draft';
import { type PanelState } from '../api';
import { icon } from '../icons';
import { type Page } from '../page';
import { isTicked, numberField, summaryView } from './fields';
import { type ViewContext } from './viewContext';

/** Initial values of each timing and of the count. */
const firstIntervalMs = 1_000;
const firstPerSecond = 10;
const firstCount = 10;
const seeds = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** The number of messages, their timing and their seed. */
export function repeatView(
  { page }: ViewContext,
  { repeat }: PublishDraft,
  state: PanelState,
): TemplateResult {
  const change = (part: Partial<Repeat>) => page.edit({ repeat: { ...repeat, ...part } });
  const blocked = page.blocked('start');
  return html`
    <details class="repeat">
      ${summaryView(l10n.t('Repeat and simulate'))}
      <div class="row">
        ${numberField(page, {
          id: 'count',
          label: l10n.t('Messages per device'),
          value: repeat.count,
          ...limits.count,
          isWhole: true,
          mayBeEmpty: repeat.count === null,
          isDisabled: repeat.count === null,
          onNumber: (count) => change({ count }),
        })}
        <label class="choice"
          ><input
            type="checkbox"
            .checked=${live(repeat.count === null)}
            @change=${(event: Event) => {
              page.type('count', undefined);
              change({ count: isTicked(event) ? null : firstCount });
            }}
          />${l10n.t('Until stopped')}</label
        >
      </div>
      ${paceView(page, repeat, change)}
      <div class="row">
        ${numberField(page, {
          id: 'seed',
          label: l10n.t('Seed (optional)'),
          value: repeat.seed,
          ...seeds,
          isWhole: true,
          mayBeEmpty: true,
          onNumber: (seed) => change({ seed }),
        })}
        <span class="quiet">${l10n.t('The same seed generates the same values.')}</span>
      </div>
      <button
        class="vscode-button secondary"
        ?disabled=${blocked !== undefined}
        title=${blocked ?? ''}
        @click=${() => page.postDraft('start')}
      >
        ${icon('run')}${l10n.t('Start Repeating')}
      </button>
      <span class="quiet">${state.run.kind === 'idle' ? blocked : ''}</span>
    </details>
  `;
}

function paceView(page: Page, { pace }: Repeat, change: (part: Partial<Repeat>) => void): TemplateResult {
  const radio = (kind: Repeat['pace']['kind'], label: string, first: Repeat['pace']) => html`
    <label class="choice"
      ><input
        type="radio"
        name="pace"
        value=${kind}
        .checked=${live(pace.kind === kind)}
        @change=${() => {
          page.type('pace', undefined);
          change({ pace: first });
        }}
      />${label}</label
    >
  `;
  return html`
    <fieldset class="plain-set">
      <legend>${l10n.t('Timing')}</legend>
      <div class="row">
        ${radio('interval', l10n.t('Fixed interval'), { kind: 'interval', ms: firstIntervalMs })}
        ${radio('rate', l10n.t('Total rate'), { kind: 'rate', perSecond: firstPerSecond })}
      </div>
      <div class="row">
        ${
          pace.kind === 'interval'
            ? numberField(page, {
                id: 'pace',
                label: l10n.t('Interval per device (ms)'),
                value: pace.ms,
                ...limits.intervalMs,
                isWhole: true,
                onNumber: (ms) => ms !== null && change({ pace: { kind: 'interval', ms } }),
              })
            : numberField(page, {
                id: 'pace',
                label: l10n.t('Messages per second (all devices)'),
                value: pace.perSecond,
                ...limits.perSecond,
                isWhole: false,
                onNumber: (perSecond) => perSecond !== null && change({ pace: { kind: 'rate', perSecond } }),
              })
        }
      </div>
    </fieldset>
  `;
}
