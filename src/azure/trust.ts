import { readFile } from 'node:fs/promises';
import { IotError } from '../core/errors';

/** The authority to trust beside the address it is for; `undefined` means the system's own. */
export async function readCa(caFile: string | undefined): Promise<string | undefined> {
  if (!caFile) return undefined;
  try {
    return await readFile(caFile, 'utf8');
  } catch (cause) {
    throw new IotError('setupMissing', `The CA file of this hub cannot be read: ${caFile}`, { cause });
  }
}
