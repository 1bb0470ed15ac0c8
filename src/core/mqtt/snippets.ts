import * as l10n from '@vscode/l10n';
import { mosquittoPubCommand } from './mosquittoPub';
import { azSnippet } from './snippets/az';
import { cSnippet } from './snippets/c';
import { nodeSnippet } from './snippets/node';
import { pythonSnippet } from './snippets/python';
import { type SnippetMessage } from './snippets/snippetMessage';

export { type SnippetMessage } from './snippets/snippetMessage';

export type SnippetKind = 'mosquittoSh' | 'mosquittoPowerShell' | 'az' | 'node' | 'python' | 'c';

/** Label of a kind of snippet. */
export function snippetLabel(kind: SnippetKind): string {
  switch (kind) {
    case 'mosquittoSh':
      return l10n.t('mosquitto_pub (sh)');
    case 'mosquittoPowerShell':
      return l10n.t('mosquitto_pub (PowerShell)');
    case 'az':
      return l10n.t('Azure CLI (sh)');
    case 'node':
      return 'Node.js';
    case 'python':
      return 'Python';
    case 'c':
      return 'C';
  }
}

const writers: Readonly<Record<SnippetKind, (message: SnippetMessage) => string>> = {
  mosquittoSh: ({ settings, payload, qos }) => mosquittoPubCommand(settings, payload, 'sh', qos),
  mosquittoPowerShell: ({ settings, payload, qos }) =>
    mosquittoPubCommand(settings, payload, 'powershell', qos),
  az: azSnippet,
  node: nodeSnippet,
  python: pythonSnippet,
  c: cSnippet,
};

/** A command or program that publishes the message once. May contain the token of the device. */
export function createSnippet(kind: SnippetKind, message: SnippetMessage): string {
  return writers[kind](message);
}
