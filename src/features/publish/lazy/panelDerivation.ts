import * as l10n from '@vscode/l10n';
import { formatCount } from '../../../core/base/numbers';
import { maxMessageBytes, type PublishDraft } from '../../../core/publish/draft';
import { MessageComposer, type ComposedMessage } from '../../../core/publish/messageComposer';
import { type DraftProblem } from '../../../core/publish/problem';
import { plainMessage } from '../../../core/errors';
import { telemetryTopic } from '../../../core/mqtt/mqttSettings';
import { utf8Length } from '../../../core/publish/messageSize';
import { Generators } from '../../../core/template/generators';
import { TemplateError } from '../../../core/template/templateError';
import { hexDump } from '../../../core/message/renderMessage';
import { type PanelState } from '../../../webview/publish/api';

/** What is derived from a draft, without requests. */
export interface Derivation {
  readonly composer: MessageComposer | undefined;
  readonly problems: readonly DraftProblem[];
  /** The next message of the first device. */
  readonly next: ComposedMessage | undefined;
}

const maxPreview = 4_096;
/** MQTT 3.1.1, 1.5.3: a string has at most 65,535 bytes. */
const maxTopicBytes = 65_535;

export function derive(draft: PublishDraft, bodyFile: Uint8Array | string | undefined): Derivation {
  const { composer, problems } = MessageComposer.create(draft, bodyFile, generatorsOf(draft));
  const all: DraftProblem[] = [...problems];
  if (draft.devices.length === 0) {
    all.push({
      field: 'devices',
      severity: 'error',
      message: l10n.t('Select the device that sends the message.'),
    });
  }
  const deviceId = draft.devices[0] ?? 'device';
  const next = composer && composeNext(composer, deviceId, all);
  if (next) all.push(...problemsOf(next, deviceId));
  return { composer, problems: all, next };
}

/** State of a run: the same seed produces the same values. */
export const generatorsOf = ({ repeat: { seed } }: PublishDraft) =>
  new Generators(seed === null ? {} : { seed });

function composeNext(
  composer: MessageComposer,
  deviceId: string,
  problems: DraftProblem[],
): ComposedMessage | undefined {
  try {
    return composer.compose({ deviceId, deviceIndex: 0, n: 1, now: Date.now() });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.push({ field: 'body', severity: 'error', message: plainMessage(error) });
    return undefined;
  }
}

function problemsOf({ size, bag, messageId }: ComposedMessage, deviceId: string): DraftProblem[] {
  const problems: DraftProblem[] = [];
  if (size.bytes > maxMessageBytes) {
    problems.push({
      field: 'size',
      severity: 'error',
      message: l10n.t(
        'The maximum message size is 256 KB; this message has {0} KB.',
        formatCount(Math.ceil(size.bytes / 1024)),
      ),
    });
  }
  if (utf8Length(telemetryTopic(deviceId, bag)) > maxTopicBytes) {
    problems.push({
      field: 'properties',
      severity: 'error',
      message: l10n.t(
        'The properties exceed the maximum length of an MQTT topic ({0} bytes).',
        formatCount(maxTopicBytes),
      ),
    });
  }
  if (messageId !== undefined && (messageId.length > 128 || /[^\x21-\x7e]/.test(messageId))) {
    problems.push({
      field: 'messageId',
      severity: 'warning',
      message: l10n.t('A message ID should have at most 128 printable ASCII characters.'),
    });
  }
  return problems;
}

export function previewOf({ payload, bag }: ComposedMessage): NonNullable<PanelState['preview']> {
  const isCut = payload.length > maxPreview;
  const body =
    typeof payload === 'string' ? payload.slice(0, maxPreview) : hexDump(payload.subarray(0, maxPreview / 4));
  return {
    body,
    isCut: typeof payload === 'string' ? isCut : payload.length > maxPreview / 4,
    properties: bag.map(([name, value]): [string, string] => [propertyLabel(name), value]),
  };
}

function propertyLabel(name: string): string {
  switch (name) {
    case '$.ct':
      return l10n.t('Content type');
    case '$.ce':
      return l10n.t('Content encoding');
    case '$.mid':
      return l10n.t('Message ID');
    case '$.cid':
      return l10n.t('Correlation ID');
    default:
      return name;
  }
}
