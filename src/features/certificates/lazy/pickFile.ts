import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { type CertificateWork } from '../../../core/certificate/certificateWork';
import {
  pickCertificateFile,
  readCertificateFiles,
  type NamedBytes,
} from '../../../workbench/certificateFiles';

const select = () => l10n.t({ message: 'Select', args: [], comment: ['Verb, button'] });

/** Asks for a private key. @throws the silent abort when none is selected. */
export async function pickKeyFile(title: string): Promise<NamedBytes> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: select(),
    filters: { [l10n.t('Certificates')]: ['key', 'pem', 'der', 'p8'], [l10n.t('All files')]: ['*'] },
  });
  const [file] = chosen ? await readCertificateFiles(chosen) : [];
  if (!file) throw abortError();
  return file;
}

/** Asks for a certificate. @throws the silent abort when none is selected. */
export async function pickCertificate(work: Pick<CertificateWork, 'readCertificates'>, title: string) {
  const file = await pickCertificateFile(work, { title, openLabel: select() });
  if (!file) throw abortError();
  return file;
}
