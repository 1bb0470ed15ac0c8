// The loop of other tools: the SDK's consumer, and two lines in a channel per message.
import { readFileSync } from 'node:fs';
import { EventHubConsumerClient, latestEventPosition } from '@azure/event-hubs';
import * as vscode from 'vscode';
import WebSocket from 'ws';
import { parseHubConnection } from '../../src/core/hub/hubConnection';

export interface PlainRequest {
  /** Of the local hub, with its ports and its CA. */
  readonly connectionString: string;
  readonly eventHubName: string;
  /** Default: 1, as in the SDK. */
  readonly maxBatchSize?: number;
}

/** Over WebSockets, as the monitor reads the local hub. @returns the number of messages written to the channel so far */
export async function readPlainly({
  connectionString,
  eventHubName,
  maxBatchSize,
}: PlainRequest): Promise<() => number> {
  let shown = 0;
  const hub = parseHubConnection(connectionString);
  const channel = vscode.window.createOutputChannel('bench');
  channel.show(true);
  const client = new EventHubConsumerClient(
    '$Default',
    `Endpoint=sb://${hub.hostName}:${hub.httpsPort}/;SharedAccessKeyName=${hub.policyName};SharedAccessKey=${hub.key};EntityPath=${eventHubName}`,
    {
      webSocketOptions: {
        webSocket: WebSocket,
        webSocketConstructorOptions: { ca: readFileSync(hub.caFile ?? '') },
      },
    },
  );
  client.subscribe(
    {
      processEvents: async (events) => {
        for (const event of events) {
          channel.appendLine(
            `[IoTHubMonitor] [${new Date().toLocaleTimeString()}] Message received from [${String(event.systemProperties?.['iothub-connection-device-id'])}]:`,
          );
          channel.appendLine(
            JSON.stringify({ body: event.body as unknown, applicationProperties: event.properties }, null, 2),
          );
        }
        shown += events.length;
      },
      processError: async () => undefined,
    },
    { startPosition: latestEventPosition, ...(maxBatchSize === undefined ? {} : { maxBatchSize }) },
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return () => shown;
}
