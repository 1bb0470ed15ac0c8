import * as vscode from 'vscode';
import { type HubConnection } from '../core/hub/hubConnection';

/** Writes the public authorities of Azure into a file for hubs that have none of their own. */
export class GlobalCaFiles {
  constructor(
    private readonly folder: vscode.Uri,
    private readonly azureRoots: () => Promise<string>,
  ) {}

  async caFileFor(hub: HubConnection): Promise<string> {
    if (hub.caFile) return hub.caFile;
    const file = vscode.Uri.joinPath(this.folder, 'azure-iot-hub-roots.pem');
    await vscode.workspace.fs.createDirectory(this.folder);
    await vscode.workspace.fs.writeFile(file, Buffer.from(await this.azureRoots(), 'utf8'));
    return file.fsPath;
  }
}
