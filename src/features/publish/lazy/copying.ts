import * as l10n from '@vscode/l10n';
import { formatTime } from '../../../core/base/dates';
import { IotError } from '../../../core/errors';
import { createSnippet, snippetLabel, type SnippetKind } from '../../../core/mqtt/snippets';
import { type PublishDraft } from '../../../core/publish/draft';
import { type ComposedMessage } from '../../../core/publish/messageComposer';
import { type Services } from '../../../services';
import { type ConnectionDetailKey } from '../../../webview/publish/api';
import { copy } from '../../../workbench/clipboard';
import { type DeviceAuthentication } from './deviceAuthentication';

export interface CopyRequest {
  readonly draft: PublishDraft;
  readonly next: ComposedMessage | undefined;
  readonly authentication: DeviceAuthentication;
}

type Needs = Pick<Services, 'caFiles'>;

/** Copies one connection setting. A token is generated for the copy and never sent to the page. */
export async function copyConnectionDetail(
  services: Needs,
  request: CopyRequest,
  key: ConnectionDetailKey,
): Promise<void> {
  const settings = await settingsOf(services, request);
  const { credentials, port, ...rest } = settings;
  switch (key) {
    case 'port': {
      const { httpsPort } = await request.authentication.connection();
      return copy(String(request.draft.transport === 'webSocket' ? httpsPort : port), l10n.t('Port copied'));
    }
    case 'password':
      if (credentials.kind !== 'sas') {
        throw new IotError('unsupported', l10n.t('This device does not authenticate with a SAS token.'));
      }
      return copy(
        credentials.password,
        l10n.t('SAS token copied, valid until {0}', formatTime(credentials.expiresAt)),
      );
    case 'certificateFile':
    case 'keyFile':
      if (credentials.kind !== 'x509') {
        throw new IotError('unsupported', l10n.t('This device authenticates with a SAS token.'));
      }
      return copy(credentials[key], l10n.t('Path copied'));
    case 'caFile':
      return copy(rest.caFile ?? '', l10n.t('CA file path copied'));
    default:
      return copy(rest[key], l10n.t('Copied'));
  }
}

/** Copies the message as a command or a program. */
export async function copyAs(services: Needs, request: CopyRequest, kind: SnippetKind): Promise<void> {
  const { next, draft } = request;
  if (!next) throw new IotError('invalidInput', l10n.t('The message is not valid and cannot be copied.'));
  if (typeof next.payload !== 'string') {
    throw new IotError('unsupported', l10n.t('A message with a body file cannot be copied as text.'));
  }
  const settings = await settingsOf(services, request);
  const text = createSnippet(kind, { settings, payload: next.payload, qos: draft.qos });
  const label = snippetLabel(kind);
  await copy(
    text,
    settings.credentials.kind === 'sas'
      ? l10n.t('{0} copied, token valid until {1}', label, formatTime(settings.credentials.expiresAt))
      : l10n.t('{0} copied', label),
  );
}

async function settingsOf({ caFiles }: Needs, { draft, next, authentication }: CopyRequest) {
  const [deviceId] = draft.devices;
  if (deviceId === undefined) throw new IotError('invalidInput', l10n.t('Select a device first.'));
  const ready = await authentication.ready(deviceId);
  const caFile = await caFiles.caFileFor(await authentication.connection());
  return authentication.settings(ready, draft.tokenSeconds, next?.bag ?? [], caFile);
}
