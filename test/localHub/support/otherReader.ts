import { EventHubConsumerClient } from '@azure/event-hubs';
import WebSocket from 'ws';
import { type HubConnection } from '../../../src/core/hub/hubConnection';

/** Another program that reads from the local hub with the SDK. */
export const otherReader = ({ httpsPort, policyName, key }: HubConnection, ca: string) =>
  new EventHubConsumerClient(
    '$Default',
    `Endpoint=sb://localhost:${httpsPort}/;SharedAccessKeyName=${policyName};SharedAccessKey=${key};EntityPath=iothub-ehub-local-hub`,
    { webSocketOptions: { webSocket: WebSocket, webSocketConstructorOptions: { ca } } },
  );
