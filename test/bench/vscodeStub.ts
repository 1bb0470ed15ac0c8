// The parts of VS Code that the monitor's channel uses, for benchmarks: a channel appends to a file, as in VS Code.
import { createWriteStream, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const manifest = JSON.parse(
  readFileSync(path.join(process.env['BENCH_ROOT'] ?? '.', 'package.json'), 'utf8'),
) as {
  contributes: { configuration: { properties: Record<string, { default: unknown }> }[] };
};
const defaults = new Map(
  manifest.contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties).map(([name, value]) => [name, value.default] as const),
  ),
);

export const counts = { lines: 0, bytes: 0 };

function createOutputChannel() {
  const file = process.env['BENCH_CHANNEL'] ?? '/dev/null';
  let stream = createWriteStream(file);
  const append = (text: string) => {
    counts.bytes += text.length;
    stream.write(text);
  };
  return {
    append,
    appendLine: (text: string) => append(`${text}\n`),
    replace: (text: string) => {
      stream.end();
      writeFileSync(file, '');
      stream = createWriteStream(file);
      append(text);
    },
    show: () => undefined,
    dispose: () => stream.end(),
  };
}

export const window = { createOutputChannel, showWarningMessage: () => undefined };
export const workspace = {
  getConfiguration: (section: string) => ({ get: (name: string) => defaults.get(`${section}.${name}`) }),
};
export const ConfigurationTarget = { Global: 1 };
