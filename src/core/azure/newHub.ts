/** What a hub is made with. @see https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/create-or-update */
export interface NewHub {
  readonly name: string;
  readonly resourceGroup: string;
  /** Name of a region, such as `westeurope`. */
  readonly location: string;
  readonly sku: { readonly name: string; readonly units: number };
  readonly partitionCount: number;
  readonly retentionDays: number;
  readonly isPublicAccessOff: boolean;
  readonly isLocalAuthOff: boolean;
  readonly tags: Readonly<Record<string, string>>;
}
