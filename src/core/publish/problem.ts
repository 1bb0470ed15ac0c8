export type DraftField =
  | 'devices'
  | 'body'
  | 'contentType'
  | 'contentEncoding'
  | 'messageId'
  | 'correlationId'
  | 'properties'
  | 'size'
  | 'target';

/** Something about a draft that a person should know before it is sent; an error keeps it from being sent. */
export interface DraftProblem {
  readonly field: DraftField;
  readonly severity: 'error' | 'warning';
  /** One sentence. */
  readonly message: string;
  /** Place in the text of the field: offset and length in UTF-16 units, line and column from 1. */
  readonly at?: PlaceInText;
  /** Which row of the properties. */
  readonly row?: number;
}

export interface PlaceInText {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

export function placeIn(text: string, offset: number, length: number): PlaceInText {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { offset, length, line, column: offset - before.lastIndexOf('\n') };
}
