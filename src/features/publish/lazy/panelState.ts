import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
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
import { connectionDetails } from './connectionDetails';

/** How the first device connects and authenticates, as far as known. Contains no secret. */
export interface Target {
  readonly deviceId: string | undefined;
  readonly connection?: KeylessHubConnection;
  readonly authentication?: AuthenticationKind;
  readonly certificate?: CertificateFiles | undefined;
  readonly problem?: string;
  /** Whether the hub is listed and has to be started first. */
  readonly isHubStopped?: boolean;
}

/** The connection of a hub without its key. */
export type KeylessHubConnection = Omit<HubConnection, 'key'>;

export interface PanelStateInput {
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

export function panelProblems({ derivation, target }: PanelStateInput): readonly DraftProblem[] {
  return target.problem
    ? [...derivation.problems, { field: 'target', severity: 'warning', message: target.problem }]
    : derivation.problems;
}

/** Everything that the page shows in addition to the form. */
export function panelState(input: PanelStateInput): PanelState {
  const { hub, draft, derivation, target, fileUri } = input;
  const { next, composer } = derivation;
  return {
    hub: { id: hub.id, name: hub.name },
    devicesText: devicesText(draft.devices),
    authentication: authenticationState(input),
    problems: panelProblems(input).map((problem) => ({ ...problem })),
    size: next ? { ...next.size } : null,
    preview: next ? previewOf(next) : null,
    hasPlaceholders: composer ? !composer.isConstant : false,
    connectionDetails: targetConnectionDetails(target, draft, next?.bag ?? []),
    missingDetails: missingDetails(input),
    run: input.run,
    tokenExpiresAt: input.tokenExpiresAt,
    arrivalProblem: arrivalProblem(input),
    fileName: fileUri ? fileName(fileUri) : null,
    fileUri: fileUri?.toString() ?? null,
    generators: generatorReference().map((entry) => ({ ...entry })),
  };
}

function targetConnectionDetails(
  { connection, certificate, authentication }: Target,
  draft: PublishDraft,
  bag: PropertyBag,
): PanelState['connectionDetails'] {
  const [deviceId] = draft.devices;
  if (!connection || deviceId === undefined) return [];
  return connectionDetails({
    connection,
    deviceId,
    draft,
    bag,
    certificate,
    isSas: authentication === 'sas',
  });
}

/** Why there are no connection details. */
function missingDetails({ draft, target }: PanelStateInput): string | null {
  if (draft.devices.length === 0)
    return l10n.t('Select a device of a running hub to see its connection details.');
  if (target.connection) return null;
  if (target.isHubStopped) return l10n.t('Start the local hub to see the connection details.');
  return target.problem ?? l10n.t('Loading…');
}

function arrivalProblem({ draft, derivation: { next }, watchProblem }: PanelStateInput): string | null {
  if (!draft.watchArrival) return null;
  if (next && next.messageId === undefined) {
    return l10n.t('Arrivals cannot be tracked without a message ID.');
  }
  return watchProblem ?? null;
}

function authenticationState({ draft, target, listed }: PanelStateInput): PanelState['authentication'] {
  const { authentication, certificate } = target;
  const { devices } = draft;
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
    case undefined: {
      const isLoading = devices.length > 0 && !target.problem;
      return { kind: 'none', text: isLoading ? l10n.t('Loading…') : '', canChoose: false };
    }
    case 'sas':
      return {
        kind: 'sas',
        text: l10n.t('SAS token, regenerated for each connection'),
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

export function panelTitle({ draft: { devices }, hub }: Pick<PanelStateInput, 'draft' | 'hub'>): string {
  const [only] = devices;
  return devices.length > 1
    ? l10n.t('Publish: {0} devices', formatCount(devices.length))
    : l10n.t('Publish: {0}', only ?? hub.name);
}

function devicesText(devices: readonly string[]): string {
  return shortList(devices, devices.length === 3 ? 3 : 2);
}
