import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { listText } from '../core/base/lists';
import { type CertificateBundle, type CertificateWork } from '../core/certificate/certificateWork';
import { IotError, isIotError } from '../core/errors';
import { withProgress } from './progress';
import { askText, noBack } from './prompts';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Extensions of files that contain certificates. */
export const certificateExtensions = ['pem', 'crt', 'cer', 'der', 'p7b', 'p7c', 'p12', 'pfx'];

const maxBytes = 1024 * 1024;

/** Reads the files that were selected for their certificates or keys. @throws IotError with the name and the reason */
export async function readCertificateFiles(files: readonly vscode.Uri[]): Promise<NamedBytes[]> {
  return Promise.all(files.map(readFile));
}

async function readFile(file: vscode.Uri): Promise<NamedBytes> {
  const name = path.posix.basename(file.path);
  try {
    const { size, type } = await vscode.workspace.fs.stat(file);
    if ((type & vscode.FileType.Directory) !== 0) {
      throw new IotError('invalidInput', l10n.t('"{0}" is a folder. Select a file.', name));
    }
    // It is not loaded; the reader names its size.
    return {
      name,
      bytes: size > maxBytes ? new Uint8Array(maxBytes + 1) : await vscode.workspace.fs.readFile(file),
    };
  } catch (cause) {
    if (isIotError(cause)) throw cause;
    const code = cause instanceof vscode.FileSystemError ? cause.code : '';
    throw new IotError('invalidInput', unreadable(code, name), { cause });
  }
}

function unreadable(code: string, name: string): string {
  switch (code) {
    case 'FileNotFound':
      return l10n.t('"{0}" no longer exists.', name);
    case 'NoPermissions':
      return l10n.t('"{0}" cannot be read: you do not have permission.', name);
    default:
      return l10n.t('"{0}" cannot be read.', name);
  }
}

export interface OpenedFiles {
  readonly bundle: CertificateBundle;
  /** The one that the files are encrypted with. */
  readonly passphrase: string | undefined;
}

/** Asks for the passphrase only if the files need one, and again while it is incorrect. */
export async function openCertificateFiles(
  read: CertificateWork['readFiles'],
  files: readonly NamedBytes[],
  prompt: string = l10n.t('Enter the passphrase of the file.'),
): Promise<OpenedFiles> {
  let passphrase: string | undefined;
  for (;;) {
    try {
      const bundle = await withProgress(l10n.t('Reading the certificate files'), (signal) =>
        read(files, passphrase, signal),
      );
      return { bundle, passphrase };
    } catch (error) {
      if (!isIotError(error) || error.code !== 'wrongPassphrase') throw error;
      const problem = passphrase === undefined ? undefined : error.message;
      passphrase = noBack(
        await askText({
          title: l10n.t('Passphrase for {0}', listText(files.map(({ name }) => name))),
          isSecret: true,
          ...(problem === undefined ? {} : { problem }),
          prompt,
          validate: (text) => (text === '' ? l10n.t('Enter the passphrase.') : undefined),
        }),
      );
    }
  }
}

/** Asks for a file with a certificate in any format. @returns `undefined` if none is selected */
export async function pickCertificateFile(
  { readCertificates }: Pick<CertificateWork, 'readCertificates'>,
  { title, openLabel }: { readonly title: string; readonly openLabel: string },
): Promise<{ readonly name: string; readonly pem: string } | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    filters: { [l10n.t('Certificates')]: certificateExtensions, [l10n.t('All files')]: ['*'] },
  });
  const [file] = chosen ? await readCertificateFiles(chosen) : [];
  if (!file) return undefined;
  const { bundle } = await openCertificateFiles(readCertificates, [file]);
  return { name: file.name, pem: bundle.certificate };
}
