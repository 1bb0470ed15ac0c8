import fs from 'node:fs';
import path from 'node:path';
import { identityEnvironment } from '../../../src/localHub/cli/identityEnvironment';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { run, type ToolResult } from './mosquitto';

/** Debian's package `azure-cli`, which `npm test` installs where it can. */
const program = '/usr/bin/az';

/** Why the tests of the Azure CLI are skipped; undefined if they are not. */
export const missingAzureCli = fs.existsSync(program)
  ? undefined
  : `${program} is missing: Debian's package azure-cli is not installed`;

/** Environment of clients that trust the hub and authenticate with its managed identity, as `exec` sets it. */
export function clientEnvironment(endpoints: LocalHubEndpoints): Record<string, string> {
  const identity = Object.entries(identityEnvironment(endpoints)).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(identity) as Record<string, string>),
    REQUESTS_CA_BUNDLE: endpoints.caFile,
    SSL_CERT_FILE: endpoints.caFile,
  };
}

/** Runs `az`, or another program that does, with a configuration folder of its own. */
export function azureCli(
  endpoints: LocalHubEndpoints,
  folder: string,
): (args: readonly string[], more?: Readonly<Record<string, string>>, other?: string) => Promise<ToolResult> {
  const environment = {
    ...clientEnvironment(endpoints),
    AZURE_CONFIG_DIR: path.join(folder, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_NO_COLOR: 'true',
    // Warnings would be part of the output.
    AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
  };
  return async (args, more = {}, other = program) =>
    run(other, args, undefined, 240_000, { ...environment, ...more });
}
