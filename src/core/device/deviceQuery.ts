/** Statements of IoT Hub's query language. */
export const allDevices = 'SELECT * FROM devices';

export function devicesStartingWith(prefix: string): string {
  return `SELECT * FROM devices WHERE STARTSWITH(deviceId, ${quoted(prefix)})`;
}

/** For at most a few hundred IDs at once, because the length of a statement is limited. */
export function devicesAmong(deviceIds: readonly string[]): string {
  return `SELECT * FROM devices WHERE deviceId IN [${deviceIds.map(quoted).join(', ')}]`;
}

/** A string literal of the query language; a quote inside it is doubled. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
