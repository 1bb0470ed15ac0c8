import * as vscode from 'vscode';
import { commands } from '../../contributions';
import { type Disposable } from '../../core/base/disposable';

/** `Send`, `Send to…` and `Open in Panel` above the first line of message files. */
export function registerMessageFileLenses(): Disposable {
  return vscode.languages.registerCodeLensProvider(
    { pattern: '**/*.d2c.json' },
    {
      provideCodeLenses: ({ uri }) => {
        const top = new vscode.Range(0, 0, 0, 0);
        const lens = (title: string, command: string, tooltip: string) =>
          new vscode.CodeLens(top, { title, command, tooltip, arguments: [uri] });
        return [
          lens('$(send) Send', commands.sendMessageFile, 'Send it once, as each device that it names'),
          lens('Send to…', commands.sendMessageFileTo, 'Choose the devices that send it'),
          lens('Open in Panel', commands.openMessageFile, 'Change it, repeat it, see it on the wire'),
        ];
      },
    },
  );
}
