import { type CleanUpHands } from '../../../core/azure/cleanUpRun';
import { removeAuthority, removeHubCertificate } from '../../../core/certificate/removals';
import { IotError } from '../../../core/errors';
import { type CleanUpNeeds } from '../cleanUpFeature';

/** What deletes, on the services. */
export function handsOf(services: CleanUpNeeds): CleanUpHands {
  const { registries, hubCertificates, management } = services;
  return {
    deleteDevice: async ({ thing }, signal) =>
      (await registries.of(thing.hubId, signal)).delete(thing.deviceId, signal),
    deleteCertificate: async ({ thing }, signal) => {
      const certificates = await hubCertificates.of(thing.hubId, signal);
      if (await removeHubCertificate(certificates, thing.name, signal)) return;
      throw new IotError('notFound', `Certificate "${thing.name}" was not on the hub any more.`);
    },
    deleteHub: ({ hub, subscription }, follow, signal) =>
      management.of(subscription).deleteHub(hub, follow, signal),
    deleteGroup: ({ thing, subscription }, follow, signal) =>
      management.of(subscription).deleteResourceGroup(thing.name, follow, signal),
    deleteAuthority: ({ thing }) => removeAuthority(services, thing.authorityId),
    resourcesOf: ({ thing, subscription }, signal) =>
      management.of(subscription).resourcesOf(thing.name, signal),
  };
}
