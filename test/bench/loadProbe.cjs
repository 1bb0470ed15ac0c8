// Loads one built file in a new process and prints how long that took. `vscode` is replaced with a stub; activation itself
// is measured in a real VS Code.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { performance } = require('node:perf_hooks');

const standIn = new Proxy(class {}, {
  get: (target, name) => (name === 'prototype' ? target.prototype : standIn),
  apply: () => standIn,
  construct: () => standIn,
});
// The bundle copies the module's own property names, so they must exist.
const types = readFileSync(require.resolve('@types/vscode/index.d.ts'), 'utf8');
const names = [...types.matchAll(/^\texport (?:class|namespace|enum|const|function) (\w+)/gm)].map(
  ([, name]) => name,
);
const vscode = Object.fromEntries(names.map((name) => [name, standIn[name]]));
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const file = process.argv[2];
const started = performance.now();
require(file);
const loadMs = performance.now() - started;
process.stdout.write(JSON.stringify({ loadMs }));
process.exit(0);
