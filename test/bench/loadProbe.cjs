// Loads one built file in this fresh process and says how long that took. `vscode` is a stand-in that answers
// everything at once, so that what is counted is the extension's own code.
const Module = require('node:module');
const { performance } = require('node:perf_hooks');

const nothing = () => undefined;
const standIn = new Proxy(class {}, {
  get: (target, name) => {
    if (name === Symbol.toPrimitive) return () => '';
    if (name === Symbol.iterator) return [][Symbol.iterator].bind([]);
    if (name === 'then' || name === 'prototype') return target[name];
    if (name === 'get') return (_key, fallback) => fallback;
    if (name === 'EventEmitter') return Emitter;
    if (name === 'keys') return () => [];
    return name === 'fsPath' || name === 'extensionPath' ? '/tmp' : standIn;
  },
  apply: () => standIn,
  construct: () => standIn,
});
class Emitter {
  event = () => ({ dispose: nothing });
  fire() {}
  dispose() {}
}
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? standIn : load(request, ...rest));

const file = process.argv[2];
const started = performance.now();
const loaded = require(file);
const loadMs = performance.now() - started;
let activateMs;
if (loaded.activate) {
  const from = performance.now();
  loaded.activate(new Proxy({ subscriptions: [] }, { get: (target, name) => target[name] ?? standIn }));
  activateMs = performance.now() - from;
}
process.stdout.write(JSON.stringify({ loadMs, activateMs }));
process.exit(0);
