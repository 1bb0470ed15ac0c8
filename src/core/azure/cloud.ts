import { IotError } from '../errors';
import { type AzureCloud } from './azureCloud';

/**
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad for the resources of hubs
 * @see https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
 */
const known = {
  public: {
    name: 'Azure',
    resourceManager: 'https://management.azure.com',
    managementResource: 'https://management.core.windows.net/',
    hubResource: 'https://iothubs.azure.net',
    portal: 'https://portal.azure.com',
    provider: 'microsoft',
  },
  ChinaCloud: {
    name: 'Azure China',
    resourceManager: 'https://management.chinacloudapi.cn',
    managementResource: 'https://management.core.chinacloudapi.cn/',
    hubResource: 'https://iothubs.chinacloudapi.cn',
    portal: 'https://portal.azure.cn',
    provider: 'microsoft-sovereign-cloud',
  },
  USGovernment: {
    name: 'Azure US Government',
    resourceManager: 'https://management.usgovcloudapi.net',
    managementResource: 'https://management.core.usgovcloudapi.net/',
    hubResource: 'https://iothubs.azure.us',
    portal: 'https://portal.azure.us',
    provider: 'microsoft-sovereign-cloud',
  },
} as const satisfies Readonly<Record<string, AzureCloud>>;

/** What VS Code's settings say of clouds, as they are; `caFile` is a setting of ours. */
export interface CloudSettings {
  /** `microsoft-sovereign-cloud.environment` */
  readonly environment: unknown;
  /** `microsoft-sovereign-cloud.customEnvironment` */
  readonly customEnvironment: unknown;
  /** Counts for a custom cloud. */
  readonly caFile?: string;
}

/** @throws IotError `setupMissing` when a custom cloud is chosen and not described */
export function readCloud({ environment, customEnvironment, caFile }: CloudSettings): AzureCloud {
  // Hubs of the known clouds have public authorities: another one in their place would shut them out.
  if (environment === 'ChinaCloud' || environment === 'USGovernment') return known[environment];
  if (environment !== 'custom') return known.public;
  const custom = record(customEnvironment);
  const resourceManager = address(custom, 'resourceManagerEndpointUrl');
  const portal = text(custom['portalUrl']);
  return {
    name: text(custom['name']) ?? 'Custom cloud',
    resourceManager: withoutSlash(resourceManager),
    managementResource: text(custom['managementEndpointUrl']) ?? resourceManager,
    hubResource: known.public.hubResource,
    ...(portal ? { portal: withoutSlash(portal) } : {}),
    provider: 'microsoft-sovereign-cloud',
    ...(caFile ? { caFile } : {}),
  };
}

const settingName = 'microsoft-sovereign-cloud.customEnvironment';

function address(custom: Readonly<Record<string, unknown>>, name: string): string {
  const value = text(custom[name]);
  if (value !== undefined && /^https:\/\/[^/?#\s]+\/?$/i.test(value)) return value;
  throw new IotError(
    'setupMissing',
    value === undefined
      ? `The custom cloud is chosen, but the setting ${settingName} lacks ${name}.`
      : `${name} in the setting ${settingName} should be an https:// address without a path, not "${value}".`,
  );
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');
const record = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
const text = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
