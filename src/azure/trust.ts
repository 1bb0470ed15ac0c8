import { readFile } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { pemText } from '../core/certificate/pemText';
import { IotError } from '../core/errors';

/** The CA to trust for an address; `undefined` means the system's own. */
export async function readCa(caFile: string | undefined): Promise<string | undefined> {
  if (!caFile) return undefined;
  try {
    return pemText(await readFile(caFile));
  } catch (cause) {
    throw new IotError('setupMissing', l10n.t('The CA file of this hub cannot be read: {0}', caFile), {
      cause,
    });
  }
}
