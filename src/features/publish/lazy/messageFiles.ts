import path from 'node:path';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { IotError, plainMessage } from '../../../core/errors';
import { type PublishDraft } from '../../../core/publish/draft';
import {
  messageFileEnd,
  readMessageFile,
  writeMessageFile,
  type ReadMessageFile,
} from '../../../core/publish/messageFile';

const filters = { 'Device-to-cloud messages': ['d2c.json', 'json'] };

/** What stands in the editor counts, saved or not. @throws IotError */
export async function openMessageFile(uri: vscode.Uri, defaults: PublishDraft): Promise<ReadMessageFile> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const folder = path.dirname(uri.fsPath);
  try {
    const text = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return readMessageFile(text, defaults, (file) => path.resolve(folder, file));
  } catch (error) {
    const said = plainMessage(error).replace(/^This message file/, `Message file ${nameOf(uri)}`);
    throw new IotError('invalidInput', said, { cause: error });
  }
}

export async function askForMessageFile(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({ title: 'Open Message File', openLabel: 'Open', filters })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

/** Asks for the place, unless there is one, and writes. */
export async function saveMessageFile(
  draft: PublishDraft,
  current: vscode.Uri | undefined,
): Promise<vscode.Uri> {
  // Before anybody is asked: an unfinished body shall not cost the answer.
  writeMessageFile(draft, (file) => file);
  const chosen = await vscode.window.showSaveDialog({
    title: 'Save Message File',
    saveLabel: 'Save',
    filters,
    defaultUri: current ?? suggestion(draft),
  });
  if (!chosen) throw abortError();
  const uri = chosen.path.endsWith('.json') ? chosen : chosen.with({ path: chosen.path + messageFileEnd });
  const folder = path.dirname(uri.fsPath);
  const text = writeMessageFile(draft, (file) => path.relative(folder, file).split(path.sep).join('/'));
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(`$(check) ${nameOf(uri)} saved`, 5_000);
  return uri;
}

function suggestion(draft: PublishDraft): vscode.Uri | undefined {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = (draft.devices[0] ?? 'message').replace(/[^\w.-]+/g, '-');
  return folder && vscode.Uri.joinPath(folder, name + messageFileEnd);
}

export const nameOf = (uri: vscode.Uri) => path.posix.basename(uri.path);
