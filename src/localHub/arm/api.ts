import type { AccountFile, GroupRecord, HubRecord } from '../account/accountFile';
import type { ArmTokens } from '../account/armToken';
import type { Hubs } from '../account/hubs';
import type { Operations } from '../account/operations';
import type { RoleAssignments } from '../account/roleAssignments';
import type { LogLevel } from '../control/contract';
import type { Hub } from '../hub';
import { Router, type Answer, type Request } from '../http/router';
import { providerError, refuse } from './errors';
import type { Provider } from './provider';
import type { ResourceGroups } from './groups';

/** Options of ARM that emulate conditions hard to reproduce in Azure. */
export interface ArmSettings {
  /** Requests per minute before 429 is returned; undefined or 0 for no limit. */
  readonly armThrottle?: number;
  /** Receives one line of JSON for each request. */
  readonly armLogFile?: string;
  /** Whether the subscription starts without `Microsoft.Devices` registered. */
  readonly armUnregistered?: boolean;
  /** Whether the user may only read. */
  readonly armReadOnly?: boolean;
}

/** The account that ARM manages. */
export interface ArmContext {
  readonly file: AccountFile;
  readonly hubs: Hubs;
  readonly operations: Operations;
  readonly assignments: RoleAssignments;
  readonly tokens: () => ArmTokens;
  readonly settings: ArmSettings;
  readonly now: () => number;
  readonly log: (level: LogLevel, text: string) => void;
}

export interface ArmRequest extends Request {
  /** `https://host:port`, as the client sent it. */
  readonly base: string;
}

export type ArmHandler = (
  request: ArmRequest,
  parameters: Readonly<Record<string, string>>,
) => Answer | Promise<Answer>;

/** An active hub. */
export interface ActiveHub {
  readonly record: HubRecord;
  readonly hub: Hub;
}

export const groupPath = '/subscriptions/{s}/resourceGroups/{rg}';
export const hubsPath = `${groupPath}/providers/Microsoft.Devices/IotHubs`;

/** The router, and what the routes share. */
export class ArmApi {
  readonly router = new Router();

  constructor(
    readonly context: ArmContext,
    readonly groups: ResourceGroups,
    readonly provider: Provider,
  ) {}

  on(method: string, path: string, handler: ArmHandler): void {
    this.router.on(method, path, handler as never);
  }

  /** Adds a route below a hub, which must be active. */
  onHub(
    method: string,
    path: string,
    handler: (
      hub: ActiveHub,
      request: ArmRequest,
      parameters: Readonly<Record<string, string>>,
    ) => Answer | Promise<Answer>,
  ): void {
    this.on(method, `${hubsPath}/{hub}${path}`, (request, parameters) => {
      const record = this.hubOf(parameters);
      const hub = this.context.hubs.hub(record.name);
      if (!hub || record.provisioningState !== 'Succeeded') return inTransition(record);
      return handler({ record, hub }, request, parameters);
    });
  }

  /** @throws ArmError 404 */
  group(name: string): GroupRecord {
    return (
      this.groups.find(name) ??
      refuse(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)
    );
  }

  /** @throws ArmError 404 */
  hubOf({ rg = '', hub = '' }: Readonly<Record<string, string>>): HubRecord {
    const record = this.context.hubs.find(hub);
    if (record?.group.toLowerCase() === rg.toLowerCase()) return record;
    return refuse(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Devices/IotHubs/${hub}' under resource group '${rg}' was not found.`,
    );
  }
}

/** A hub that is being created or deleted, or that failed, accepts no other operation. */
export const inTransition = ({ name, provisioningState }: HubRecord): Answer =>
  providerError(
    409,
    409_000,
    'Conflict',
    `The operation is not allowed because the IoT hub '${name}' is in state '${provisioningState}'.`,
  );
