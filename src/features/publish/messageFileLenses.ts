import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { commands } from '../../contributions';
import { type Disposable } from '../../core/base/disposable';
import { iconLabel } from '../../core/base/singleLine';

/** Code lenses above the first line of message files: `Send`, `Send to…` and `Open in Publish Panel`. */
export function registerMessageFileLenses(): Disposable {
  return vscode.languages.registerCodeLensProvider(
    { pattern: '**/*.d2c.json' },
    {
      provideCodeLenses: ({ uri }) => {
        const top = new vscode.Range(0, 0, 0, 0);
        const lens = (title: string, command: string, tooltip: string) =>
          new vscode.CodeLens(top, { title, command, tooltip, arguments: [uri] });
        return [
          lens(
            iconLabel('send', l10n.t({ message: 'Send', comment: ['Verb, code lens'], args: [] })),
            commands.sendMessageFile,
            l10n.t('Send the message once as each device specified in the file'),
          ),
          lens(
            l10n.t('Send to…'),
            commands.sendMessageFileTo,
            l10n.t('Select the devices that send the message'),
          ),
          lens(
            l10n.t('Open in Publish Panel'),
            commands.openMessageFile,
            l10n.t('Edit, repeat, and inspect the message in the publish panel'),
          ),
        ];
      },
    },
  );
}
