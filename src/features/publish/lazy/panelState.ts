import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { durationText } from '../../../core/base/durations';
import { shortList } from '../../../core/base/lists';
import { formatCount } from '../../../core/base/numbers';
import { type AuthenticationKind, type DeviceSummary } from '../../../core/device/device';
import { type Hub } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type PropertyBag } from '../../../core/message/propertyBag';
import { type CertificateFiles } from '../../../core/mqtt/mqttSettings';
import { type PublishDraft } from '../../../core/publish/draft';
import { type DraftProblem } from '../../../core/publish/problem';
import { generatorReference } from '../../../core/template/generatorReference';
import { type PanelState, type RunState } from '../../../webview/publish/api';
import { fileName } from './messageFiles';
import { previewOf, type Derivation } from './panelDerivation';
import { wireRows } from './wireRows';

/** How the first device connects and authenticates, as far as known. Contains no secret. */
export interface Target {
  readonly deviceId: string | undefined;
  readonly connection?: HubConnectionFacts;
  readonly authentication?: AuthenticationKind;
  readonly certificate?: CertificateFiles | undefined;
  readonly problem?: string;
}

/** The connection of a hub without its key. */
export type HubConnectionFacts = Omit<HubConnection, 'key'>;

export interface PanelFacts {
  readonly hub: Hub;
  readonly draft: PublishDraft;
  readonly derivation: Derivation;
  readonly target: Target;
  readonly run: RunState;
  readonly tokenExpiresAt: number | null;
  readonly fileUri: vscode.Uri | undefined;
  /** Devices loaded by the tree. */
  readonly listed: readonly DeviceSummary[];
  /** Why arrivals cannot be tracked. */
  readonly watchProblem: string | undefined;
}

export function problemsOf({ derivation, target }: PanelFacts): readonly DraftProblem[] {
  return target.problem
    ? [...derivation.problems, { field: 'target', severity: 'warning', message: target.problem }]
    : derivation.problems;
}

/** Everything that the page shows in addition to the form. */
export function panelState(facts: PanelFacts): PanelState {
  const { hub, draft, derivation, target, fileUri } = facts;
  const { next, composer } = derivation;
  return {
    hub: { id: hub.id, name: hub.name },
    devicesText: devicesText(draft.devices),
    login: loginOf(facts),
    problems: problemsOf(facts).map((problem) => ({ ...problem })),
    size: next ? { ...next.size } : null,
    preview: next ? previewOf(next) : null,
    hasPlaceholders: composer ? !composer.isConstant : false,
    wire: wireOf(target, draft, next?.bag ?? []),
    run: facts.run,
    tokenExpiresAt: facts.tokenExpiresAt,
    arrivalProblem: arrivalProblemOf(facts),
    fileName: fileUri ? fileName(fileUri) : null,
    fileUri: fileUri?.toString() ?? null,
    generators: generatorReference().map((entry) => ({ ...entry })),
  };
}

function wireOf(
  { connection, certificate, authentication }: Target,
  draft: PublishDraft,
  bag: PropertyBag,
): PanelState['wire'] {
  const [deviceId] = draft.devices;
  if (!connection || deviceId === undefined) return [];
  return wireRows({ connection, deviceId, draft, bag, certificate, isSas: authentication === 'sas' });
}

function arrivalProblemOf({ draft, derivation: { next }, watchProblem }: PanelFacts): string | null {
  if (!draft.watchArrival) return null;
  if (next && next.messageId === undefined) {
    return l10n.t('Arrivals cannot be tracked without a message ID.');
  }
  return watchProblem ?? null;
}

function loginOf({ draft, target, listed }: PanelFacts): PanelState['login'] {
  const { authentication, certificate } = target;
  const { devices, tokenSeconds } = draft;
  const chosen = new Set(devices);
  const kinds = new Set(
    listed.filter(({ deviceId }) => chosen.has(deviceId)).map((device) => device.authentication),
  );
  if (devices.length > 1 && kinds.size > 1) {
    return {
      kind: 'mixed',
      text: l10n.t('Each device authenticates with a SAS token or with its issued certificate.'),
      canChoose: false,
    };
  }
  switch (authentication) {
    case undefined:
      return { kind: 'none', text: '', canChoose: false };
    case 'sas':
      return {
        kind: 'sas',
        text: l10n.t('SAS token, valid for {0}, regenerated for each connection', durationText(tokenSeconds)),
        canChoose: false,
      };
    case 'selfSigned':
    case 'certificateAuthority':
      return {
        kind: 'certificate',
        text: certificate
          ? l10n.t('X.509 certificate {0}', certificate.certificateFile)
          : l10n.t('X.509 certificate: none was issued on this computer. Select its files.'),
        canChoose: devices.length === 1,
      };
    case 'none':
      return {
        kind: 'none',
        text: l10n.t('This device has no authentication method and cannot publish.'),
        canChoose: false,
      };
  }
}

export function panelTitle({ draft: { devices }, hub }: Pick<PanelFacts, 'draft' | 'hub'>): string {
  const [only] = devices;
  return devices.length > 1
    ? l10n.t('Publish: {0} devices', formatCount(devices.length))
    : l10n.t('Publish: {0}', only ?? hub.name);
}

function devicesText(devices: readonly string[]): string {
  return shortList(devices, devices.length === 3 ? 3 : 2);
}
