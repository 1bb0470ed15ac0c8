import { parseDelimited } from '../base/csv';

/**
 * Parses a mapping from recorded devices to the devices that replay them: rows of recorded id and device id, separated
 * by commas, semicolons or tabs. An id that contains the separator or a quotation mark is quoted.
 * @throws IotError when a quotation mark is not closed
 */
export function parseDeviceMapping(text: string): ReadonlyMap<string, string> {
  const mapping = new Map<string, string>();
  for (const { cells } of parseDelimited(text)) {
    const [recorded = '', deviceId = ''] = cells.map((cell) => cell.trim());
    if (recorded !== '' && deviceId !== '') mapping.set(recorded, deviceId);
  }
  return mapping;
}
