import { type IotHubDescription } from '@azure/arm-iothub';
import { type NewHub } from '../../core/azure/newHub';
import { type Json } from './armRest';

/** @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update */
export function writeHub(hub: NewHub): Json {
  const body: IotHubDescription = {
    location: hub.location,
    tags: { ...hub.tags },
    sku: { name: hub.sku.name, capacity: hub.sku.units },
    properties: {
      eventHubEndpoints: {
        events: { retentionTimeInDays: hub.retentionDays, partitionCount: hub.partitionCount },
      },
      publicNetworkAccess: hub.isPublicAccessOff ? 'Disabled' : 'Enabled',
      disableLocalAuth: hub.isLocalAuthOff,
      // Without it, some regions accept TLS 1.0; it cannot be changed later.
      minTlsVersion: '1.2',
    },
  };
  return body as unknown as Json;
}
