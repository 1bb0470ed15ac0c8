import 'reflect-metadata';
import { parseHubConnection } from '../../src/core/hub/hubConnection';
import { checkHub } from './hubChecks';
import { checkManagement } from './managementChecks';
import { Report } from './report';

export interface SmokeOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether level B may change the hub, which must have the tag `smoke`. */
  readonly isWriting: boolean;
  /** Whether level B creates a hub, which is billed until it is deleted at the end. */
  readonly isCreating: boolean;
  /** How long a new hub is observed. */
  readonly watchSeconds: number;
  /** Requests at once that may be throttled. */
  readonly burst: number;
  /** Folder for the answers. */
  readonly fixtures?: string;
  readonly print: (line: string) => void;
}

/** Level A needs the connection string of a policy, level B a token of Azure Resource Manager. */
export async function smoke(options: SmokeOptions): Promise<{ readonly failed: number }> {
  const { environment, fixtures, print } = options;
  const text = environment['AZURE_HUB_CONNECTION_STRING'];
  const token = environment['AZURE_ARM_TOKEN'];
  const hubId = environment['AZURE_HUB_ID'];
  const ids = hubId?.match(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gi) ?? [];
  const report = new Report(print, fixtures, ids);
  const hub = text ? parseHubConnection(text) : undefined;
  if (hub) await checkHub(report, hub, options.burst);
  else report.skip('level A', 'AZURE_HUB_CONNECTION_STRING is not set');
  if (token && hubId) {
    await checkManagement(report, {
      token,
      hubId,
      endpoint: environment['AZURE_ARM_ENDPOINT'] ?? 'https://management.azure.com',
      caFile: environment['AZURE_CA_FILE'] ?? hub?.caFile,
      ...options,
    });
  } else report.skip('level B', 'AZURE_ARM_TOKEN or AZURE_HUB_ID is not set');
  if (!hub && !(token && hubId)) {
    print('\nNothing was checked.');
    return { failed: 1 };
  }
  print(report.failed === 0 ? '\nAll checks passed.' : `\n${report.failed} checks failed.`);
  return { failed: report.failed };
}
