import type * as vscode from 'vscode';
import { durationText } from '../../../core/base/durations';
import { shortList } from '../../../core/base/lists';
import { counted } from '../../../core/base/numbers';
import { type AuthenticationKind, type DeviceSummary } from '../../../core/device/device';
import { type Hub } from '../../../core/hub/hub';
import { type HubConnection } from '../../../core/hub/hubConnection';
import { type PropertyBag } from '../../../core/message/propertyBag';
import { type CertificateFiles } from '../../../core/mqtt/mqttSettings';
import { type PublishDraft } from '../../../core/publish/draft';
import { type DraftProblem } from '../../../core/publish/problem';
import { generatorHelp } from '../../../core/template/generatorHelp';
import { type PanelState, type RunState } from '../../../webview/publish/api';
import { nameOf } from './messageFiles';
import { previewOf, type Derivation } from './panelDerivation';
import { wireRows } from './wireRows';

/** What is known of how the first device logs in. Nothing of it is secret. */
export interface Target {
  readonly deviceId: string | undefined;
  readonly connection?: HubConnectionFacts;
  readonly authentication?: AuthenticationKind;
  readonly certificate?: CertificateFiles | undefined;
  readonly problem?: string;
}

/** A hub's address, without its key. */
export type HubConnectionFacts = Omit<HubConnection, 'key'>;

export interface PanelFacts {
  readonly hub: Hub;
  readonly draft: PublishDraft;
  readonly derivation: Derivation;
  readonly target: Target;
  readonly run: RunState;
  readonly tokenExpiresAt: number | null;
  readonly fileUri: vscode.Uri | undefined;
  /** Devices that the tree has read. */
  readonly listed: readonly DeviceSummary[];
  /** Why arrivals cannot be seen. */
  readonly watchProblem: string | undefined;
}

export function problemsOf({ derivation, target }: PanelFacts): readonly DraftProblem[] {
  return target.problem
    ? [...derivation.problems, { field: 'target', severity: 'warning', message: target.problem }]
    : derivation.problems;
}

/** All that the page draws beside the form. */
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
    fileName: fileUri ? nameOf(fileUri) : null,
    fileUri: fileUri?.toString() ?? null,
    generators: generatorHelp.map((help) => ({ ...help })),
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
    return 'Without a message id an arrival cannot be recognised.';
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
      text: 'Each device logs in its own way: by a SAS token, or by the certificate that was issued here.',
      canChoose: false,
    };
  }
  switch (authentication) {
    case undefined:
      return { kind: 'none', text: '', canChoose: false };
    case 'sas':
      return {
        kind: 'sas',
        text: `SAS token of ${durationText(tokenSeconds)}, a new one for each connection`,
        canChoose: false,
      };
    case 'selfSigned':
    case 'certificateAuthority':
      return {
        kind: 'certificate',
        text: certificate
          ? `X.509 certificate ${certificate.certificateFile}`
          : 'X.509 certificate: none was issued here; choose its files',
        canChoose: devices.length === 1,
      };
    case 'none':
      return {
        kind: 'none',
        text: 'This device has no authentication and cannot publish.',
        canChoose: false,
      };
  }
}

export function panelTitle({ draft: { devices }, hub }: Pick<PanelFacts, 'draft' | 'hub'>): string {
  if (devices.length === 0) return `Publish: ${hub.name}`;
  return `Publish: ${devices.length === 1 ? devices[0] : counted(devices.length, 'device')}`;
}

function devicesText(devices: readonly string[]): string {
  return shortList(devices, devices.length === 3 ? 3 : 2);
}
