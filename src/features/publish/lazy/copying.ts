import { formatTime } from '../../../core/base/dates';
import { IotError } from '../../../core/errors';
import { snippetLabels, snippetOf, type SnippetKind } from '../../../core/mqtt/snippets';
import { type PublishDraft } from '../../../core/publish/draft';
import { type ComposedMessage } from '../../../core/publish/messageComposer';
import { type Services } from '../../../services';
import { type WireKey } from '../../../webview/publish/api';
import { copy } from '../../../workbench/clipboard';
import { type DeviceLogins } from './deviceLogins';

export interface CopyRequest {
  readonly draft: PublishDraft;
  readonly next: ComposedMessage | undefined;
  readonly logins: DeviceLogins;
}

type Needs = Pick<Services, 'caFiles'>;

/** One setting; a token is made for the copy and never seen by the page. */
export async function copyWire(services: Needs, request: CopyRequest, key: WireKey): Promise<void> {
  const settings = await settingsOf(services, request);
  const { login, port, ...rest } = settings;
  switch (key) {
    case 'port': {
      const { httpsPort } = await request.logins.connection();
      return copy(String(request.draft.transport === 'webSocket' ? httpsPort : port), 'Port copied');
    }
    case 'password':
      if (login.kind !== 'sas') throw new IotError('unsupported', 'This device logs in without a token.');
      return copy(login.password, `SAS token copied, it is valid until ${formatTime(login.expiresAt)}`);
    case 'certificateFile':
    case 'keyFile':
      if (login.kind !== 'x509') throw new IotError('unsupported', 'This device logs in with a token.');
      return copy(login[key], 'Path copied');
    case 'caFile':
      return copy(rest.caFile ?? '', 'Path of the CA file copied');
    default:
      return copy(rest[key], 'Copied');
  }
}

/** The same message as a command or a program. */
export async function copyAs(services: Needs, request: CopyRequest, kind: SnippetKind): Promise<void> {
  const { next, draft } = request;
  if (!next) throw new IotError('invalidInput', 'The message has an error, so it cannot be copied.');
  if (typeof next.payload !== 'string') {
    throw new IotError('unsupported', 'A message with a file as its body cannot be copied as text.');
  }
  const settings = await settingsOf(services, request);
  const text = snippetOf(kind, { settings, payload: next.payload, qos: draft.qos });
  const until =
    settings.login.kind === 'sas' ? `, its token is valid until ${formatTime(settings.login.expiresAt)}` : '';
  await copy(text, `${snippetLabels[kind]} copied${until}`);
}

async function settingsOf({ caFiles }: Needs, { draft, next, logins }: CopyRequest) {
  const [deviceId] = draft.devices;
  if (deviceId === undefined) throw new IotError('invalidInput', 'Choose a device first.');
  const ready = await logins.ready(deviceId);
  const caFile = await caFiles.caFileFor(await logins.connection());
  return logins.settings(ready, draft.tokenSeconds, next?.bag ?? [], caFile);
}
