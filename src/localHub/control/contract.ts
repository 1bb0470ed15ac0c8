/**
 * The endpoints of a running local hub. The same object is printed by `npm run hub` when it is ready, written to
 * `--ready-file` and returned by {@link startLocalHub}. This is a contract: properties are only ever added.
 */
export interface LocalHubEndpoints {
  /** Short name, the last part of Event Hubs entity paths: `local-hub`. */
  readonly hubName: string;
  /** The host that clients connect to and use in `HostName=`, user names and `sr=`: `localhost`. */
  readonly hostName: string;
  /** MQTT 3.1.1 over TLS. */
  readonly mqttPort: number;
  /** Service REST, ARM REST, `/health` and the WebSocket paths. */
  readonly httpsPort: number;
  /** AMQP 1.0 over TLS: service and Event Hubs-compatible endpoint. */
  readonly amqpPort: number;
  /** AMQP 1.0 without TLS, loopback only, for clients that cannot be configured with a CA. */
  readonly amqpPlainPort: number;
  /** PEM file of the CA that signed the hub's server certificate. */
  readonly caFile: string;
  /** `HostName=…;SharedAccessKeyName=iothubowner;SharedAccessKey=…`. Secret. */
  readonly serviceConnectionString: string;
  /** `Endpoint=sb://localhost:PORT/;…;EntityPath=…;UseDevelopmentEmulator=true`. Secret. */
  readonly eventHubConnectionString: string;
  /**
   * The service connection string with additional properties for the CA (`CaFile`), for ports other than those of IoT Hub
   * (`MqttPort`, `HttpsPort`, `AmqpPort`), and for management (`ArmEndpoint`, `ArmResourceId`, `ArmTokenFile`). **Add
   * Hub** in the extension accepts it. Secret.
   */
  readonly workbenchConnectionString: string;
  /** `https://localhost:PORT`: base URL of the ARM REST API. */
  readonly armEndpoint: string;
  /** File (mode 0600) with the bearer token of the ARM REST API. */
  readonly armTokenFile: string;
  /** `https://localhost:PORT/msi/token`: the managed identity, which returns the bearer token (`IDENTITY_ENDPOINT`). */
  readonly identityEndpoint: string;
  /** What the managed identity requires in the header `X-IDENTITY-HEADER` (`IDENTITY_HEADER`). Secret. */
  readonly identityHeader: string;
  /** The only tenant of the local hub's account. */
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The resource group of this hub. */
  readonly resourceGroup: string;
  /** Object id of the only user, who owns the bearer token: for role assignments. */
  readonly principalId: string;
  /** Device ids of `--sample`; the first one sends telemetry. */
  readonly sampleDevices: readonly string[];
  /** Requested ports that are in use by another program, and the ports opened instead. */
  readonly movedPorts: readonly {
    readonly name: PortName;
    readonly wanted: number;
    readonly opened: number;
  }[];
  readonly dataFolder: string;
  readonly pid: number;
}

/** Whether hubs created in ARM get a loopback address of their own, with the standard ports. */
export type HubAddresses = 'auto' | 'off';

export type PortName = 'mqtt' | 'https' | 'amqp' | 'amqpPlain';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A problem with the stored data of a hub, in one or more sentences. */
export interface HubProblem {
  /** `refusing`: nothing can be stored, so messages and changes are refused. `setAside`: a damaged file was renamed. */
  readonly kind: 'refusing' | 'setAside';
  readonly hubName: string;
  readonly text: string;
}

/** Lines of JSON on the control socket, from the hub to a window. */
export type ControlEvent =
  | { readonly event: 'ready'; readonly endpoints: LocalHubEndpoints }
  | { readonly event: 'log'; readonly level: LogLevel; readonly text: string }
  /** All present problems, after each change; none if it never arrived. */
  | { readonly event: 'problems'; readonly problems: readonly HubProblem[] }
  | { readonly event: 'stopping'; readonly reason: string };

/** Lines of JSON on the control socket, from a window to the hub. */
export type ControlRequest = { readonly request: 'stop' } | { readonly request: 'reset' };
