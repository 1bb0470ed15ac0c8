/** What a request of a token's owner is about, for the check and for the refusal. */
export interface EntraRequest {
  /** Of Azure RBAC, such as `Microsoft.Devices/IotHubs/devices/read`; all are needed. */
  readonly actions: readonly string[];
  readonly method: string;
  readonly path: string;
}

/** Who may do what at a hub's service API with a token of Microsoft Entra ID. */
export interface EntraAccess {
  /** @param header the `Authorization` header. @throws HubError IotHubUnauthorized */
  authorize(header: string, request: EntraRequest): void;
}
