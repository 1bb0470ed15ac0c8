/** A request to the service API, for the check and the error message. */
export interface EntraRequest {
  /** Azure RBAC actions, such as `Microsoft.Devices/IotHubs/devices/read`; all are required. */
  readonly actions: readonly string[];
  readonly method: string;
  readonly path: string;
}

/** Authorization at a hub's service API with Microsoft Entra ID tokens. */
export interface EntraAccess {
  /** @param header the `Authorization` header. @throws HubError IotHubUnauthorized */
  authorize(header: string, request: EntraRequest): void;
}
