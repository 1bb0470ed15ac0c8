import * as l10n from '@vscode/l10n';
import { type CleanUpOperations } from '../../../core/azure/runCleanUp';
import { removeAuthority, removeHubCertificate } from '../../../core/certificate/removals';
import { IotError } from '../../../core/errors';
import { type CleanUpNeeds } from '../needs';

/** Deletes resources through the services. */
export function cleanUpOperations(services: CleanUpNeeds): CleanUpOperations {
  const { registries, hubCertificates, management } = services;
  return {
    deleteDevice: async ({ created }, signal) =>
      (await registries.forHub(created.hubId, signal)).delete(created.deviceId, signal),
    deleteCertificate: async ({ created }, signal) => {
      const certificates = await hubCertificates.forHub(created.hubId, signal);
      if (await removeHubCertificate(certificates, created.name, signal)) return;
      throw new IotError('notFound', l10n.t('Certificate "{0}" no longer exists on the hub.', created.name));
    },
    deleteHub: ({ hub, subscription }, follow, signal) =>
      management.forSubscription(subscription).deleteHub(hub, follow, signal),
    deleteGroup: ({ created, subscription }, follow, signal) =>
      management.forSubscription(subscription).deleteResourceGroup(created.name, follow, signal),
    deleteAuthority: ({ created }) => removeAuthority(services, created.authorityId),
    resourcesOf: ({ created, subscription }, signal) =>
      management.forSubscription(subscription).resourcesOf(created.name, signal),
  };
}
