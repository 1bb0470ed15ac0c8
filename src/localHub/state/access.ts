/** Ways into a hub that its owner may close. */
export interface AccessRules {
  /** Shared access policies count for nothing: neither at the service nor at the event endpoint. */
  readonly isLocalAuthOff: boolean;
  /** Keys of devices count for nothing. */
  readonly isDeviceSasOff: boolean;
  readonly isModuleSasOff: boolean;
  /** Nobody gets in at all: a private endpoint, which would, is nothing that this hub has. */
  readonly isPublicAccessOff: boolean;
}

export const everythingOpen: AccessRules = {
  isLocalAuthOff: false,
  isDeviceSasOff: false,
  isModuleSasOff: false,
  isPublicAccessOff: false,
};

/** The rules as they are now. @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad#enforce-microsoft-entra-authentication */
export class Access {
  constructor(private current: AccessRules = everythingOpen) {}

  get rules(): AccessRules {
    return this.current;
  }

  set(rules: AccessRules): void {
    this.current = rules;
  }
}
