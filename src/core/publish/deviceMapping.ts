import { parseDelimited } from '../base/csv';

/**
 * Which device replays what a recorded one sent: rows of recorded id and device id, separated by commas,
 * semicolons or tabs. An id that holds the separator or a quote is in quotes.
 * @throws IotError when a quote is not closed
 */
export function parseDeviceMapping(text: string): ReadonlyMap<string, string> {
  const mapping = new Map<string, string>();
  for (const { cells } of parseDelimited(text)) {
    const [recorded = '', deviceId = ''] = cells.map((cell) => cell.trim());
    if (recorded !== '' && deviceId !== '') mapping.set(recorded, deviceId);
  }
  return mapping;
}
