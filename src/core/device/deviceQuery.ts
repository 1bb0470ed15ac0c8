/** Statements of IoT Hub's query language. */
export const allDevices = 'SELECT * FROM devices';

export function devicesStartingWith(prefix: string): string {
  return `SELECT * FROM devices WHERE STARTSWITH(deviceId, ${quoted(prefix)})`;
}

/** A string of the query language; a quote inside it is written twice. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
