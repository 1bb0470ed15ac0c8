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

/** A problem of a draft; an error prevents sending. */
export interface DraftProblem {
  readonly field: DraftField;
  readonly severity: 'error' | 'warning';
  /** One sentence. */
  readonly message: string;
  /** Position in the text of the field. */
  readonly at?: TextPosition;
  /** Row of the properties. */
  readonly row?: number;
}

/** Offset and length in UTF-16 code units; line and column start at 1. */
export interface TextPosition {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

export function positionInText(text: string, offset: number, length: number): TextPosition {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { offset, length, line, column: offset - before.lastIndexOf('\n') };
}
