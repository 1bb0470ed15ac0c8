import * as l10n from '@vscode/l10n';
import { type Authority } from '../../../core/certificate/authorityStore';
import { type AuthorityRequest } from '../../../core/certificate/certificateWork';
import { splitPem } from '../../../core/certificate/certificate';
import { commands } from '../../../contributions';
import { type Node } from '../../../explorer/nodes';
import { type Services } from '../../../services';
import { executeCommand } from '../../../workbench/commands';
import { withProgress } from '../../../workbench/progress';
import { ignoreInGit } from './pickLocation';
import { askAuthorityOptions, type AuthorityOptions } from './authorityWizard';
import { pickAuthority } from './pickAuthority';
import { showInformation } from '../../../workbench/notifications';

type Needs = Pick<
  Services,
  'authorities' | 'certificateWork' | 'passphrases' | 'explorer' | 'createdResources' | 'log'
>;

/** Creates a self-signed root CA. */
export async function createAuthority(services: Needs): Promise<void> {
  const options = await askAuthorityOptions(
    l10n.t('Create Certificate Authority'),
    await findFreeName(services, l10n.t('IoT Root CA')),
  );
  const created = await withProgress(l10n.t('Creating {0}', options.name), (signal) =>
    services.certificateWork.createAuthority(buildRequest(options), signal),
  );
  const authority = await services.authorities.add({
    name: options.name,
    certificate: created.certificate,
    chain: [],
    key: created.key,
    isKeyEncrypted: options.passphrase !== undefined,
    ...(options.location.kind === 'folder' ? { parentFolder: options.location.path } : {}),
  });
  await ignoreInGit(options.location, authority.folder);
  await reportCreated(services, authority);
}

/** Creates a CA that a root CA signs, so that the key of the root can be stored offline. */
export async function createIntermediateAuthority(services: Needs, node?: Node): Promise<void> {
  const { authorities, certificateWork, passphrases } = services;
  const root = await pickAuthority(services, node, {
    title: l10n.t('Create Intermediate CA'),
    needsKey: true,
  });
  const options = await askAuthorityOptions(
    l10n.t('Create Intermediate CA under {0}', root.name),
    await findFreeName(services, l10n.t('{0} Intermediate', root.name).slice(0, 64)),
  );
  const issuer = { certificate: await authorities.read(root.certificateFile) };
  const rootKey = await authorities.read(root.keyFile ?? '');
  const created = await passphrases.use(
    { keyId: root.keyFile ?? '', label: root.name, isEncrypted: root.isKeyEncrypted },
    (passphrase) =>
      withProgress(l10n.t('Creating {0}', options.name), (signal) =>
        certificateWork.createAuthority(
          {
            ...buildRequest(options),
            issuer: { ...issuer, key: { pem: rootKey, ...(passphrase === undefined ? {} : { passphrase }) } },
          },
          signal,
        ),
      ),
  );
  const authority = await authorities.add({
    name: options.name,
    certificate: created.certificate,
    chain: splitPem(await authorities.read(root.chainFile)),
    key: created.key,
    isKeyEncrypted: options.passphrase !== undefined,
    parentId: root.id,
    ...(options.location.kind === 'folder' ? { parentFolder: options.location.path } : {}),
  });
  await ignoreInGit(options.location, authority.folder);
  await reportCreated(services, authority);
}

/** A passphrase that is not wanted is absent, not `undefined`. */
function buildRequest({ subject, keyType, days, passphrase }: AuthorityOptions): AuthorityRequest {
  return { subject, keyType, days, now: Date.now(), ...(passphrase === undefined ? {} : { passphrase }) };
}

async function reportCreated(
  { explorer, createdResources, log }: Needs,
  authority: Authority,
): Promise<void> {
  await createdResources.add({ kind: 'authority', authorityId: authority.id, name: authority.name });
  log.info(`Created certificate authority ${authority.info.subject} (${authority.info.key}).`);
  await explorer.reveal({ kind: 'authority', authority });
  showNextSteps(authority);
}

/** Not awaited: the command has finished, and the notification stays until it is closed. */
export function showNextSteps(authority: Authority): void {
  const upload = l10n.t('Upload and Verify…');
  const show = l10n.t('Show in Folder');
  void showInformation(
    l10n.t(
      'Certificate authority "{0}" is ready. Upload it to a hub and verify it so that devices can connect with its certificates.',
      authority.name,
    ),
    upload,
    show,
  ).then((answer) => {
    if (answer === upload)
      return executeCommand(commands.uploadAndVerifyAuthority, { kind: 'authority', authority });
    if (answer === show)
      return executeCommand(commands.showCertificateInFolder, { kind: 'authority', authority });
    return undefined;
  });
}

/** The name itself, or the first numbered variant that no certificate authority on this computer has. */
export async function findFreeName(
  { authorities }: Pick<Services, 'authorities'>,
  wish: string,
): Promise<string> {
  const taken = new Set((await authorities.list()).map(({ name }) => name.toLowerCase()));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wish : `${wish.slice(0, 60)} ${n}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
