// `npm run fuzz -- [--minutes N] [--rounds N] [--seed S] [--only amqp|mqtt|http|websocket]`
// Sends generated and mutated AMQP frames, MQTT packets, HTTP requests and WebSocket frames to a local hub that runs as a
// separate process, and serves healthy clients in between. Fails if the hub ends, throws, answers with an internal
// error, or no longer serves a healthy client, and prints the bytes that lead to it.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from '../host/environment.mjs';
import { atEnd, Failure, main } from '../host/processes.mjs';
import { root } from '../host/paths.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string' },
  },
});

main(async () => {
  const seed = numberOf('seed');
  const maxRounds = options.rounds === undefined ? Infinity : numberOf('rounds');
  const minutes =
    options.minutes === undefined ? (maxRounds === Infinity ? 1 : Infinity) : numberOf('minutes');
  await ensureDependencies();
  const { bundleProgram } = await import('../support/bundleProgram.mjs');
  const folder = path.join(root, '.cache/fuzz', String(process.pid));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const program = bundleProgram(path.join(root, 'src/localHub/main.ts'), path.join(folder, 'localHub.js'), {
    external: ['node-sqlite3-wasm'],
  });
  const fuzzer = bundleProgram(path.join(root, 'test/fuzz/fuzz.ts'), path.join(folder, 'fuzz.js'), {
    // Loaded from the folder of packages: they read files of their own.
    packages: 'external',
  });
  const { fuzz, protocols } = await import(pathToFileURL(fuzzer).href).then(
    (module) => module.default ?? module,
  );
  if (options.only !== undefined && !protocols.includes(options.only)) {
    throw new Failure(`--only knows ${protocols.join(', ')}.`);
  }
  // From the first round on, and at least one round.
  let endsAt = Infinity;
  const { figures, failure } = await fuzz({
    program,
    seed,
    ...(options.only === undefined ? {} : { only: [options.only] }),
    isContinued: (rounds) => {
      if (rounds === 0) endsAt = Date.now() + minutes * 60_000;
      return rounds === 0 || (rounds < maxRounds && Date.now() < endsAt);
    },
    report: console.log,
  });
  const { sent, connections, healthChecks, memory } = figures;
  console.log(`\nSeed ${seed}: ${failure === undefined ? 'no failure' : 'FAILED'}.`);
  console.table({
    'AMQP frames': sent.amqp,
    'MQTT packets': sent.mqtt,
    'HTTP requests': sent.http,
    'WebSocket frames': sent.websocket,
    Connections: connections,
    'Health checks of all protocols': healthChecks,
    Crashes: failure === undefined ? 0 : 1,
    'Memory before, MB': memory.before,
    'Memory after, MB': memory.after,
    'Memory at most, MB': memory.max,
  });
  if (failure !== undefined) throw new Failure(failure);
  return 0;
});

function numberOf(name) {
  const value = Number(options[name]);
  if (options[name] === '' || !(value >= 0))
    throw new Failure(`--${name} must be a number, not '${options[name]}'.`);
  return value;
}
