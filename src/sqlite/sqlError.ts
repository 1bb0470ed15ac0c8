/** Primary result codes of SQLite. @see https://www.sqlite.org/rescode.html */
export const sqliteCodes = {
  error: 1,
  busy: 5,
  locked: 6,
  outOfMemory: 7,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  tooBig: 18,
  notADatabase: 26,
} as const;

/** The WebAssembly build reports only SQLite's texts. */
const texts: readonly (readonly [RegExp, number])[] = [
  [/^no such (table|column)/, sqliteCodes.error],
  [/^database (table )?is locked/, sqliteCodes.busy],
  [/^out of memory/, sqliteCodes.outOfMemory],
  [/^attempt to write a readonly database/, sqliteCodes.readOnly],
  [/^disk I\/O error/, sqliteCodes.inputOutput],
  [/^(database disk image is malformed|malformed database schema)/, sqliteCodes.corrupt],
  [/^database or disk is full/, sqliteCodes.full],
  [/^(unable to open database|could not open the database)/i, sqliteCodes.cannotOpen],
  [/^file is not a database/, sqliteCodes.notADatabase],
];

/** The primary result code of an error of either build; undefined if it is not an error of SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errcode } = error as { readonly errcode?: unknown };
  if (typeof errcode === 'number') return errcode & 0xff;
  return texts.find(([pattern]) => pattern.test(error.message))?.[1];
}
