import { mosquittoPubCommand } from './mosquittoPub';
import { azSnippet } from './snippets/az';
import { cSnippet } from './snippets/c';
import { nodeSnippet } from './snippets/node';
import { pythonSnippet } from './snippets/python';
import { type SnippetMessage } from './snippets/snippetMessage';

export { type SnippetMessage } from './snippets/snippetMessage';

export type SnippetKind = 'mosquittoSh' | 'mosquittoPowerShell' | 'az' | 'node' | 'python' | 'c';

/** What a menu shows. */
export const snippetLabels: Readonly<Record<SnippetKind, string>> = {
  mosquittoSh: 'mosquitto_pub for sh',
  mosquittoPowerShell: 'mosquitto_pub for PowerShell',
  az: 'Azure CLI for sh',
  node: 'Node.js',
  python: 'Python',
  c: 'C',
};

const writers: Readonly<Record<SnippetKind, (message: SnippetMessage) => string>> = {
  mosquittoSh: ({ settings, payload, qos }) => mosquittoPubCommand(settings, payload, 'sh', qos),
  mosquittoPowerShell: ({ settings, payload, qos }) =>
    mosquittoPubCommand(settings, payload, 'powershell', qos),
  az: azSnippet,
  node: nodeSnippet,
  python: pythonSnippet,
  c: cSnippet,
};

/** A command or a program that publishes the message once, ready to paste. It may hold the device's token. */
export function snippetOf(kind: SnippetKind, message: SnippetMessage): string {
  return writers[kind](message);
}
