import * as l10n from '@vscode/l10n';
import { IotError } from '../errors';
import { type AzureCloud } from './azureCloud';

/**
 * Tokens for hubs have one audience in all clouds but US Government.
 * @see https://learn.microsoft.com/azure/iot-hub/authenticate-authorize-azure-ad for the resources of hubs
 * @see https://learn.microsoft.com/rest/api/iothub/authentication
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
    hubResource: 'https://iothubs.azure.net',
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

/** VS Code's settings for clouds, as they are; `caFile` is a setting of this extension. */
export interface CloudSettings {
  /** `microsoft-sovereign-cloud.environment` */
  readonly environment: unknown;
  /** `microsoft-sovereign-cloud.customEnvironment` */
  readonly customEnvironment: unknown;
  /** Applies to a custom cloud. */
  readonly caFile?: string;
}

/** @throws IotError `setupMissing` when a custom cloud is selected but not configured */
export function readCloud({ environment, customEnvironment, caFile }: CloudSettings): AzureCloud {
  // Hubs of the known clouds use public CAs: another one would make them unreachable.
  if (environment === 'ChinaCloud' || environment === 'USGovernment') return known[environment];
  if (environment !== 'custom') return known.public;
  const custom = record(customEnvironment);
  const resourceManager = address(custom, 'resourceManagerEndpointUrl');
  const portal = text(custom['portalUrl']);
  return {
    name: text(custom['name']) ?? l10n.t('Custom cloud'),
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
      ? l10n.t('A custom cloud is selected, but {0} is missing in the setting {1}.', name, settingName)
      : l10n.t(
          '{0} in the setting {1} must be an https:// URL without a path, not "{2}".',
          name,
          settingName,
          value,
        ),
  );
}

const withoutSlash = (url: string) => url.replace(/(?<!\/)\/+$/, '');
const record = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
const text = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
