import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { decodeFileText } from '../../../core/base/decodeFileText';
import { formatBytes } from '../../../core/base/numbers';
import { IotError, plainMessage } from '../../../core/errors';
import { type PublishDraft } from '../../../core/publish/draft';
import {
  messageFileExtension,
  readMessageFile,
  writeMessageFile,
  type ReadMessageFile,
} from '../../../core/publish/messageFile';
import { showStatus } from '../../../workbench/statusTexts';

const dialogFilters = () => ({ [l10n.t('Device-to-Cloud Messages')]: ['d2c.json', 'json'] });

/** Reads a message file, including unsaved changes of an open editor. @throws IotError */
export async function openMessageFile(uri: vscode.Uri, defaults: PublishDraft): Promise<ReadMessageFile> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const folder = path.dirname(uri.fsPath);
  try {
    const text = open?.getText() ?? decodeFileText(await readFile(uri));
    return readMessageFile(text, defaults, (file) => path.resolve(folder, file));
  } catch (error) {
    throw new IotError('invalidInput', l10n.t('{0}: {1}', fileName(uri), plainMessage(error)), {
      cause: error,
    });
  }
}

/** A body has at most 256 KB, and some more as JSON with placeholders. */
const maxFileBytes = 16 * 1024 * 1024;

async function readFile(uri: vscode.Uri): Promise<Uint8Array> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) {
    throw new IotError(
      'invalidInput',
      l10n.t('A message file can have at most {0}.', formatBytes(maxFileBytes)),
    );
  }
  return vscode.workspace.fs.readFile(uri);
}

export async function askForMessageFile(): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Open Message File'),
      openLabel: l10n.t({ message: 'Open', comment: ['Verb, button'], args: [] }),
      filters: dialogFilters(),
    })) ?? [];
  if (!uri) throw abortError();
  return uri;
}

/** Prompts for a file and saves the draft. */
export async function saveMessageFile(
  draft: PublishDraft,
  current: vscode.Uri | undefined,
): Promise<vscode.Uri> {
  // Validates the body before the prompt.
  writeMessageFile(draft, (file) => file);
  const chosen = await vscode.window.showSaveDialog({
    title: l10n.t('Save Message File'),
    saveLabel: l10n.t({ message: 'Save', comment: ['Verb, button'], args: [] }),
    filters: dialogFilters(),
    defaultUri: current ?? suggestedFile(draft),
  });
  if (!chosen) throw abortError();
  const uri = chosen.path.endsWith('.json')
    ? chosen
    : chosen.with({ path: chosen.path + messageFileExtension });
  const folder = path.dirname(uri.fsPath);
  const text = writeMessageFile(draft, (file) => path.relative(folder, file).split(path.sep).join('/'));
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  showStatus('check', l10n.t('{0} saved', fileName(uri)));
  return uri;
}

function suggestedFile(draft: PublishDraft): vscode.Uri | undefined {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = (draft.devices[0] ?? 'message').replace(/[^\w.-]+/g, '-');
  return folder && vscode.Uri.joinPath(folder, name + messageFileExtension);
}

/** Name of the file of a URI. */
export const fileName = (uri: vscode.Uri): string => path.posix.basename(uri.path);
