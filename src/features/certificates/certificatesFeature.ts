import * as l10n from '@vscode/l10n';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { type RegisterCommand } from '../../workbench/commands';
import { registerLazyCommands } from '../../workbench/lazyCommands';
import { ReadOnlyDocuments } from '../../workbench/readOnlyDocuments';
import { certificateCommands, type CertificateNeeds } from './needs';

/** Certificate authorities on this computer, certificates of hubs, and proof of possession. Loaded on first use. */
export function registerCertificates(
  services: CertificateNeeds,
  registerCommand: RegisterCommand,
): Disposable {
  const store = new DisposableStore();
  const documents = store.add(
    new ReadOnlyDocuments(
      'iot-hub-certificate',
      l10n.t('This certificate is no longer available. Open it from the tree again.'),
    ),
  );
  store.add(
    registerLazyCommands(registerCommand, certificateCommands, async () => {
      const { certificateHandlers } = await import('./lazy/index');
      return certificateHandlers(services, documents);
    }),
  );
  return store;
}
