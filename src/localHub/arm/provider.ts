import { refuse } from './errors';

export type RegistrationState = 'NotRegistered' | 'Registering' | 'Registered';

/** Whether the subscription is registered for `Microsoft.Devices`. Reset when the process starts. */
export class Provider {
  private current: RegistrationState;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    isRegistered: boolean,
    private readonly registeringMs: number,
  ) {
    this.current = isRegistered ? 'Registered' : 'NotRegistered';
  }

  get state(): RegistrationState {
    return this.current;
  }

  register(): void {
    if (this.current !== 'NotRegistered') return;
    this.current = 'Registering';
    this.timer = setTimeout(() => {
      this.current = 'Registered';
    }, this.registeringMs);
    this.timer.unref();
  }

  /** @throws ArmError 409 */
  check(): void {
    if (this.current === 'Registered') return;
    const message =
      "The subscription is not registered to use namespace 'Microsoft.Devices'. See https://aka.ms/rps-not-found for how to register subscriptions.";
    refuse(409, 'MissingSubscriptionRegistration', message, {
      details: [{ code: 'MissingSubscriptionRegistration', target: 'Microsoft.Devices', message }],
    });
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
