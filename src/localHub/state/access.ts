/** Access to a hub that its owner can disable. */
export interface AccessRules {
  /** Shared access policies are refused, at the service and the event endpoint. */
  readonly isLocalAuthOff: boolean;
  /** Device keys are refused. */
  readonly isDeviceSasOff: boolean;
  readonly isModuleSasOff: boolean;
  /** All connections are refused: this hub has no private endpoint. */
  readonly isPublicAccessOff: boolean;
}

export const unrestrictedAccess: AccessRules = {
  isLocalAuthOff: false,
  isDeviceSasOff: false,
  isModuleSasOff: false,
  isPublicAccessOff: false,
};

/** The current rules. @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad#enforce-microsoft-entra-authentication */
export class Access {
  constructor(private current: AccessRules = unrestrictedAccess) {}

  get rules(): AccessRules {
    return this.current;
  }

  set(rules: AccessRules): void {
    this.current = rules;
  }
}
