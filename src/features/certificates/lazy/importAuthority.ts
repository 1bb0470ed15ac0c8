import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { formatDate } from '../../../core/base/dates';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { IotError } from '../../../core/errors';
import { type Services } from '../../../services';
import {
  certificateExtensions,
  openCertificateFiles,
  readCertificateFiles,
  type NamedBytes,
  type OpenedFiles,
} from '../../../workbench/certificateFiles';
import { askText, back, noBack } from '../../../workbench/prompts';
import { askNewPassphrase } from '../../../workbench/newPassphrase';
import { withProgress } from '../../../workbench/progress';
import { authorityPassphraseTexts } from './passphraseTexts';
import { pickKeyFile } from './pickFile';
import { pickLocation, ignoreInGit } from './pickLocation';
import { findFreeName, showNextSteps } from './createAuthority';
import { showInformation } from '../../../workbench/notifications';

type Needs = Pick<Services, 'authorities' | 'certificateWork' | 'explorer' | 'log'>;

/** Imports a certificate authority that was created elsewhere: its certificate, its issuers and, if available, its key. */
export async function importAuthority(services: Needs): Promise<void> {
  const { authorities, certificateWork, explorer, log } = services;
  const title = l10n.t('Import Certificate Authority');
  const chosen = await vscode.window.showOpenDialog({
    title: l10n.t(
      'Import Certificate Authority: select the certificate and its private key (PEM or DER), or a PKCS#12 file',
    ),
    openLabel: l10n.t('Import'),
    canSelectFiles: true,
    // The dialog that VS Code itself draws, as in remote windows, shows no files when several can be selected.
    canSelectMany: vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop,
    filters: {
      [l10n.t('Certificates and keys')]: [...certificateExtensions, 'key', 'p8'],
      [l10n.t('All files')]: ['*'],
    },
  });
  if (!chosen) return;
  const { bundle, passphrase: opened } = await openWithKey(services, await readCertificateFiles(chosen));
  const info = readCertificateInfo(parseCertificate(bundle.certificate));
  if (!info.isAuthority) {
    throw new IotError(
      'invalidInput',
      l10n.t(
        '"{0}" is not a certificate authority: its basic constraints do not include CA:TRUE.',
        info.subject,
      ),
    );
  }
  if (info.notAfter < Date.now()) {
    throw new IotError(
      'invalidInput',
      l10n.t('"{0}" expired on {1}, so hubs do not accept it.', info.subject, formatDate(info.notAfter)),
    );
  }
  const name = noBack(
    await askText({
      title,
      value: await findFreeName(services, info.commonName || path.parse(chosen[0]?.path ?? 'CA').name),
      prompt: l10n.t('Enter a name for the certificate authority on this computer'),
      validate: (text) =>
        text.trim() === '' ? l10n.t('Enter a name for the certificate authority.') : undefined,
    }),
  );
  const passphrase = bundle.key === undefined ? undefined : (opened ?? (await askKeyPassphrase(title, name)));
  const location = noBack(await pickLocation({ title, step: 1, totalSteps: 1, canGoBack: false }));
  const { key } = bundle;
  const stored =
    key === undefined || passphrase === undefined
      ? key
      : await withProgress(l10n.t('Encrypting the key of {0}', name), (signal) =>
          certificateWork.lockKey(key, passphrase, signal),
        );
  const authority = await authorities.add({
    name: name.trim(),
    certificate: bundle.certificate,
    chain: bundle.chain,
    ...(stored === undefined ? {} : { key: stored }),
    isKeyEncrypted: passphrase !== undefined,
    ...(location.kind === 'folder' ? { parentFolder: location.path } : {}),
  });
  await ignoreInGit(location, authority.folder);
  log.info(`Imported certificate authority ${info.subject} (${info.key}).`);
  await explorer.reveal({ kind: 'authority', authority });
  showNextSteps(authority);
}

/** Not every file dialog can select two files at once, so this asks for a missing key. */
async function openWithKey(services: Needs, files: readonly NamedBytes[]): Promise<OpenedFiles> {
  const opened = await open(services, files);
  if (opened.bundle.key !== undefined) return opened;
  const { subject } = readCertificateInfo(parseCertificate(opened.bundle.certificate));
  const pick = l10n.t('Select Key File…');
  const without = l10n.t('Import Without Key');
  const answer = await showInformation(
    l10n.t('No private key was found for "{0}".', subject),
    {
      modal: true,
      detail: l10n.t(
        'Without the key, you can upload the certificate authority to a hub and verify it with a certificate that is signed elsewhere, but you cannot issue certificates on this computer.',
      ),
    },
    pick,
    without,
  );
  if (answer === without) return opened;
  if (answer !== pick) throw abortError();
  const key = await pickKeyFile(l10n.t('Select the private key of {0}', subject));
  return open(services, [...files, key]);
}

function open({ certificateWork }: Needs, files: readonly NamedBytes[]): Promise<OpenedFiles> {
  return openCertificateFiles(
    (...args) => certificateWork.readFiles(...args),
    files,
    files.length === 1
      ? l10n.t('Enter the passphrase of the selected file. The imported key keeps it.')
      : l10n.t('Enter the passphrase of the selected files. The imported key keeps it.'),
  );
}

async function askKeyPassphrase(title: string, name: string): Promise<string | undefined> {
  const answer = await askNewPassphrase({ title, ...authorityPassphraseTexts(name) });
  return answer === back ? noBack<string | undefined>(answer) : answer;
}
