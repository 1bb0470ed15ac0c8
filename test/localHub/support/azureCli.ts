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

/** Runs `az` with a configuration folder of its own, as `exec` would run it. */
export function azureCli(
  endpoints: LocalHubEndpoints,
  folder: string,
): (...args: readonly string[]) => Promise<ToolResult> {
  const identity = Object.entries(identityEnvironment(endpoints)).filter(([, value]) => value !== undefined);
  const environment = {
    ...(Object.fromEntries(identity) as Record<string, string>),
    AZURE_CONFIG_DIR: path.join(folder, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_NO_COLOR: 'true',
    // Warnings would be part of the output.
    AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
    REQUESTS_CA_BUNDLE: endpoints.caFile,
  };
  return async (...args) => run(program, args, undefined, 240_000, environment);
}
