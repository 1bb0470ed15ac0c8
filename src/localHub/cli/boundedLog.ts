import type { LogLevel } from '../control/contract';
import { singleLine } from '../singleLine';
import type { Log } from './log';

/** Lines per second, of one kind and of all. */
const maxAlike = 20;
const maxLines = 500;
const windowMs = 1_000;

interface Kind {
  readonly level: LogLevel;
  count: number;
  lastText: string;
}

/** Lines that differ only in numbers and quoted texts are of one kind. */
const kindOf = (level: LogLevel, text: string): string =>
  `${level} ${text.replace(/'[^']*'/g, "''").replace(/[\da-f]+/gi, (word) => (/\d/.test(word) ? '#' : word))}`;

/**
 * A log that no client can forge lines of, or flood: each text is one line, and what repeats is counted and reported once
 * a second. A flood of synchronous writes would delay all other clients.
 */
export function boundedLog(write: Log): Log {
  let kinds = new Map<string, Kind>();
  let lines = 0;
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    timer = undefined;
    const counted = kinds;
    const isFlood = lines > maxLines;
    kinds = new Map();
    lines = 0;
    for (const { level, count, lastText } of counted.values()) {
      const more = count - maxAlike;
      if (more > 0) write(level, `${lastText} (and ${more.toLocaleString('en')} more like this)`);
    }
    if (isFlood)
      write('warn', `The log left out lines: more than ${maxLines} of different kinds in a second.`);
  };
  return (level, text) => {
    const line = singleLine(text);
    if (timer === undefined) {
      timer = setTimeout(report, windowMs);
      timer.unref();
    }
    const key = kindOf(level, line);
    const kind = kinds.get(key);
    if (kind) {
      kind.count++;
      kind.lastText = line;
    } else if (kinds.size < maxLines) kinds.set(key, { level, count: 1, lastText: line });
    if ((kind?.count ?? 1) > maxAlike || ++lines > maxLines) return;
    write(level, line);
  };
}
