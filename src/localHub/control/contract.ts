/**
 * What a running local hub tells the world. The same object is printed by `npm run hub` when it is ready,
 * written to `--ready-file` and handed out by {@link startLocalHub}. A contract: keys are only ever added.
 */
export interface LocalHubEndpoints {
  /** Short name, the last part of Event Hubs entity paths: `local-hub`. */
  readonly hubName: string;
  /** The host that clients dial and put into `HostName=`, user names and `sr=`: `localhost`. */
  readonly hostName: string;
  /** MQTT 3.1.1 over TLS. */
  readonly mqttPort: number;
  /** Service REST, ARM REST, `/health` and the WebSocket paths. */
  readonly httpsPort: number;
  /** AMQP 1.0 over TLS: service and Event Hubs-compatible endpoint. */
  readonly amqpPort: number;
  /** AMQP 1.0 without TLS, loopback only, for clients that cannot be given a CA. */
  readonly amqpPlainPort: number;
  /** PEM file of the CA that signed the hub's server certificate. */
  readonly caFile: string;
  /** `HostName=…;SharedAccessKeyName=iothubowner;SharedAccessKey=…`. Secret. */
  readonly serviceConnectionString: string;
  /** `Endpoint=sb://localhost:PORT/;…;EntityPath=…;UseDevelopmentEmulator=true`. Secret. */
  readonly eventHubConnectionString: string;
  /**
   * The service connection string with what Azure's form has no words for: `MqttPort`, `HttpsPort`,
   * `AmqpPort` and `CaFile`; and where it is managed: `ArmEndpoint`, `ArmResourceId`, `ArmTokenFile`. The extension's `Add hub` takes it. Secret.
   */
  readonly workbenchConnectionString: string;
  /** `https://localhost:PORT`: base of the ARM REST API. */
  readonly armEndpoint: string;
  /** File (mode 0600) with the bearer token of the ARM REST API. */
  readonly armTokenFile: string;
  /** The one tenant that the local hub's account is in. */
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Of this hub. */
  readonly resourceGroup: string;
  /** Object id of the one user, whose the bearer token is: for role assignments. */
  readonly principalId: string;
  /** Device ids of `--sample`; the first one sends telemetry. */
  readonly sampleDevices: readonly string[];
  /** Ports that were asked for but taken by another program, and what was opened instead. */
  readonly movedPorts: readonly {
    readonly name: PortName;
    readonly wanted: number;
    readonly opened: number;
  }[];
  readonly dataFolder: string;
  readonly pid: number;
}

export type PortName = 'mqtt' | 'https' | 'amqp' | 'amqpPlain';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Lines of JSON on the control socket, hub to window. */
export type ControlEvent =
  | { readonly event: 'ready'; readonly endpoints: LocalHubEndpoints }
  | { readonly event: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly event: 'stopping'; readonly reason: string };

/** Lines of JSON on the control socket, window to hub. */
export type ControlRequest = { readonly request: 'stop' } | { readonly request: 'reset' };
