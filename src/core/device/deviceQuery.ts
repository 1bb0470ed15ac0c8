/** Statements of IoT Hub's query language. */
export const allDevices = 'SELECT * FROM devices';

export function devicesStartingWith(prefix: string): string {
  return `SELECT * FROM devices WHERE STARTSWITH(deviceId, ${quoted(prefix)})`;
}

/** At most some hundred at once: a statement may not be long. */
export function devicesAmong(deviceIds: readonly string[]): string {
  return `SELECT * FROM devices WHERE deviceId IN [${deviceIds.map(quoted).join(', ')}]`;
}

/** A string of the query language; a quote inside it is written twice. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
