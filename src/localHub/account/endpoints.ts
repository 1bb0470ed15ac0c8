import { managedIdentityPath } from '../arm/managedIdentity';
import type { LocalHubEndpoints } from '../control/contract';
import { hasStandardPorts, hostNameOf, httpsOrigin, plainAddressOf } from '../hostText';
import type { Hub } from '../hub';
import {
  hubResourceId,
  localPrincipalId,
  localResourceGroup,
  localSubscriptionId,
  localTenantId,
} from './ids';

/** The endpoints of the process's own hub and of its account. */
export function describeEndpoints(
  { context, identity, movedPorts }: Hub,
  rest: Pick<LocalHubEndpoints, 'dataFolder' | 'armTokenFile' | 'identityHeader' | 'sampleDevices'>,
): LocalHubEndpoints {
  const { ports, policies } = context;
  const owner = policies.find('iothubowner');
  const service = policies.find('service') ?? owner;
  if (!owner || !service)
    throw new Error(
      "The data folder has no shared access policy 'iothubowner': delete the folder, or choose another one with --data.",
    );
  const connection = `HostName=${context.hostName};SharedAccessKeyName=${owner.keyName};SharedAccessKey=${owner.primaryKey}`;
  const plainHost = hostNameOf(plainAddressOf(context.hostName));
  const armEndpoint = httpsOrigin(context);
  const resourceId = hubResourceId({ name: context.hubName, group: localResourceGroup });
  const portFields = hasStandardPorts(context)
    ? ''
    : `;MqttPort=${ports.mqtt};HttpsPort=${ports.https};AmqpPort=${ports.amqp}`;
  return {
    hubName: context.hubName,
    hostName: context.hostName,
    mqttPort: ports.mqtt,
    httpsPort: ports.https,
    amqpPort: ports.amqp,
    amqpPlainPort: ports.amqpPlain,
    caFile: identity.caFile,
    serviceConnectionString: connection,
    eventHubConnectionString: `Endpoint=sb://${plainHost}:${ports.amqpPlain}/;SharedAccessKeyName=${service.keyName};SharedAccessKey=${service.primaryKey};EntityPath=${context.eventHubName};UseDevelopmentEmulator=true`,
    workbenchConnectionString: `${connection}${portFields};CaFile=${identity.caFile};ArmEndpoint=${armEndpoint};ArmResourceId=${resourceId};ArmTokenFile=${rest.armTokenFile}`,
    armEndpoint,
    armTokenFile: rest.armTokenFile,
    identityEndpoint: `${armEndpoint}${managedIdentityPath}`,
    identityHeader: rest.identityHeader,
    tenantId: localTenantId,
    subscriptionId: localSubscriptionId,
    resourceGroup: localResourceGroup,
    principalId: localPrincipalId,
    sampleDevices: rest.sampleDevices,
    movedPorts,
    dataFolder: rest.dataFolder,
    pid: process.pid,
  };
}
