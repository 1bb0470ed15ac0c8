import * as vscode from 'vscode';

const key = 'iotHubWorkbench.recentMessageFiles';
const maxFiles = 15;

/** Message files that were opened, sent or saved in this workspace, most recent first. */
export class RecentFiles {
  constructor(private readonly state: vscode.Memento) {}

  list(): readonly vscode.Uri[] {
    return this.state.get<readonly string[]>(key, []).map((text) => vscode.Uri.parse(text));
  }

  async add(uri: vscode.Uri): Promise<void> {
    const others = this.list().filter((other) => other.toString() !== uri.toString());
    await this.save([uri, ...others].slice(0, maxFiles));
  }

  async remove(uri: vscode.Uri): Promise<void> {
    await this.save(this.list().filter((other) => other.toString() !== uri.toString()));
  }

  private async save(uris: readonly vscode.Uri[]): Promise<void> {
    await this.state.update(
      key,
      uris.map((uri) => uri.toString()),
    );
  }
}
