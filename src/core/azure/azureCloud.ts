/** Where a cloud's services are. Nothing is built from strings: what a hub or a subscription adds comes from ARM. */
export interface AzureCloud {
  readonly name: string;
  /** Of Azure Resource Manager, without a slash at the end. */
  readonly resourceManager: string;
  /** Whom tokens of Azure Resource Manager are for. */
  readonly managementResource: string;
  /** Whom tokens of a hub's service API are for. */
  readonly hubResource: string;
  /** Without a slash at the end; absent when the cloud has none. */
  readonly portal?: string;
  /** Id of VS Code's authentication provider. */
  readonly provider: 'microsoft' | 'microsoft-sovereign-cloud';
  /** PEM file of the authority that signs a custom cloud: its Azure Resource Manager and its hubs. */
  readonly caFile?: string;
}
