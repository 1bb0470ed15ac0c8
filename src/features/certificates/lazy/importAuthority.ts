import path from 'node:path';
import * as vscode from 'vscode';
import { abortError } from '../../../core/base/abort';
import { formatDate } from '../../../core/base/dates';
import { type CertificateBundle } from '../../../core/certificate/certificateWork';
import { readCertificateInfo, parseCertificate } from '../../../core/certificate/certificate';
import { IotError, isIotError } from '../../../core/errors';
import { type Services } from '../../../services';
import { askText, back, noBack } from '../../../workbench/prompts';
import { askNewPassphrase } from '../../../workbench/newPassphrase';
import { withProgress } from '../../../workbench/progress';
import { pickFile } from './pickFile';
import { pickLocation, ignoreInGit } from './pickLocation';
import { findFreeName, showNextSteps } from './createAuthority';
import { readFiles, type NamedBytes } from './readFiles';

type Needs = Pick<Services, 'authorities' | 'certificateWork' | 'explorer' | 'log'>;

const title = 'Import Certificate Authority';

/** An authority that was made elsewhere: its certificate, its issuers and, when it is at hand, its key. */
export async function importAuthority(services: Needs): Promise<void> {
  const { authorities, certificateWork, explorer, log } = services;
  const chosen = await vscode.window.showOpenDialog({
    title: `${title}: its certificate and its private key (PEM, DER), or one PKCS#12 file`,
    openLabel: 'Import',
    canSelectFiles: true,
    // VS Code's own dialog, which remote windows use, shows no files then.
    canSelectMany: vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop,
    filters: {
      'Certificates and keys': ['pem', 'crt', 'cer', 'der', 'key', 'p8', 'p12', 'pfx'],
      'All files': ['*'],
    },
  });
  if (!chosen) return;
  const { bundle, passphrase: opened } = await openWithKey(services, await readFiles(chosen));
  const info = readCertificateInfo(parseCertificate(bundle.certificate));
  if (!info.isAuthority) {
    throw new IotError(
      'invalidInput',
      `"${info.subject}" is no certificate authority: its basic constraints do not say CA:TRUE.`,
    );
  }
  if (info.notAfter < Date.now()) {
    throw new IotError(
      'invalidInput',
      `"${info.subject}" expired on ${formatDate(info.notAfter)}, so no hub accepts it.`,
    );
  }
  const name = noBack(
    await askText({
      title,
      value: await findFreeName(services, info.commonName || path.parse(chosen[0]?.path ?? 'CA').name),
      prompt: 'Name of the authority on this computer',
      validate: (text) => (text.trim() === '' ? 'Type a name for the authority.' : undefined),
    }),
  );
  const passphrase = bundle.key === undefined ? undefined : (opened ?? (await newPassphrase(name)));
  const place = noBack(await pickLocation({ title, step: 1, totalSteps: 1, canGoBack: false }));
  const { key } = bundle;
  const stored =
    key === undefined || passphrase === undefined
      ? key
      : await withProgress(`Protecting the key of ${name}`, (signal) =>
          certificateWork.lockKey(key, passphrase, signal),
        );
  const authority = await authorities.add({
    name: name.trim(),
    certificate: bundle.certificate,
    chain: bundle.chain,
    ...(stored === undefined ? {} : { key: stored }),
    isKeyEncrypted: passphrase !== undefined,
    ...(place.kind === 'folder' ? { parentFolder: place.path } : {}),
  });
  await ignoreInGit(place, authority.folder);
  log.info(`Imported certificate authority ${info.subject} (${info.key}).`);
  await explorer.reveal({ kind: 'authority', authority });
  showNextSteps(authority);
}

/** Not every file dialog can pick two files at once, so a missing key is asked for. */
async function openWithKey(services: Needs, files: readonly NamedBytes[]): Promise<Opened> {
  const opened = await open(services, files);
  if (opened.bundle.key !== undefined) return opened;
  const { subject } = readCertificateInfo(parseCertificate(opened.bundle.certificate));
  const pick = 'Pick Key File…';
  const without = 'Import Without Key';
  const answer = await vscode.window.showInformationMessage(
    `Where is the private key of "${subject}"?`,
    {
      modal: true,
      detail:
        'Without it the authority can be uploaded to a hub, and verified with a certificate that is signed where the key is. Certificates cannot be issued here.',
    },
    pick,
    without,
  );
  if (answer === without) return opened;
  if (answer !== pick) throw abortError();
  const key = await pickFile(`Private key of ${subject}`, ['key', 'pem', 'der', 'p8']);
  return open(services, [...files, key]);
}

interface Opened {
  readonly bundle: CertificateBundle;
  /** With which the files were protected. */
  readonly passphrase: string | undefined;
}

/** Asks for the passphrase only when the files turn out to need one, and again while it is wrong. */
async function open({ certificateWork }: Needs, files: readonly NamedBytes[]): Promise<Opened> {
  let passphrase: string | undefined;
  for (;;) {
    try {
      const bundle = await withProgress('Reading the certificate files', (signal) =>
        certificateWork.readFiles(files, passphrase, signal),
      );
      return { bundle, passphrase };
    } catch (error) {
      if (!isIotError(error) || error.code !== 'wrongPassphrase') throw error;
      const problem = passphrase === undefined ? undefined : error.message;
      passphrase = noBack(
        await askText({
          title: `Passphrase of ${files.map(({ name }) => name).join(', ')}`,
          isSecret: true,
          ...(problem === undefined ? {} : { problem }),
          prompt: 'The files are protected. The imported key gets the same passphrase.',
          validate: (text) => (text === '' ? 'Type the passphrase of these files.' : undefined),
        }),
      );
    }
  }
}

async function newPassphrase(name: string): Promise<string | undefined> {
  const answer = await askNewPassphrase({
    title,
    of: `the private key of "${name}"`,
    withoutIt: 'Whoever reads the file could issue certificates that your hubs trust.',
  });
  return answer === back ? noBack<string | undefined>(answer) : answer;
}
