// Builds everything that is packaged: `node esbuild.js [--production] [--watch]`.
// @ts-check
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/**
 * The bundles: modules in a separate file, `dist/NAME.js`. All but the three programs load on first use: VS Code reads
 * and compiles only `extension.js` on activation. esbuild cannot split CommonJS, so the plugin below replaces
 * `import('…/<folder>/index')` with `require('./NAME.js')`. The layer rules and the size test also read this list.
 * `maxKb` is the limit of the minified file, in units of 1,024 bytes. `keepNames`: contains libraries that distinguish
 * classes by constructor.name (azure-iothub, rhea-promise, mqtt, cel-js). `shared`: several bundles import it, also statically.
 * @type {Record<string, { entry: string, maxKb: number, program?: true, keepNames?: true, shared?: true }>}
 */
const bundles = {
  extension: { entry: 'src/extension.ts', maxKb: 200, program: true },
  localHub: { entry: 'src/localHub/main.ts', maxKb: 300, program: true },
  certificateWorker: {
    entry: 'src/certificates/workers/certificateWorker.ts',
    maxKb: 300,
    keepNames: true,
    program: true,
  },
  azureRegistry: { entry: 'src/azure/registry/index.ts', maxKb: 200, keepNames: true },
  azureEvents: { entry: 'src/azure/events/index.ts', maxKb: 250, keepNames: true },
  azureMqtt: { entry: 'src/azure/mqtt/index.ts', maxKb: 270, keepNames: true },
  azureManagement: { entry: 'src/azure/management/index.ts', maxKb: 250, keepNames: true },
  azureCommands: { entry: 'src/features/azure/lazy/index.ts', maxKb: 40 },
  certificateCommands: { entry: 'src/features/certificates/lazy/index.ts', maxKb: 70 },
  createHub: { entry: 'src/features/createHub/lazy/index.ts', maxKb: 70 },
  cleanUp: { entry: 'src/features/cleanUp/lazy/index.ts', maxKb: 60 },
  publishPanel: { entry: 'src/features/publish/lazy/index.ts', maxKb: 300, keepNames: true },
  monitoring: { entry: 'src/features/monitor/lazy/index.ts', maxKb: 150 },
  hubOverview: { entry: 'src/features/hubOverview/lazy/index.ts', maxKb: 60 },
  certificateCheck: { entry: 'src/core/certificate/preflight/index.ts', maxKb: 40 },
  certificatePath: { entry: 'src/certificatePath/index.ts', maxKb: 30, shared: true },
  deviceList: { entry: 'src/core/certificate/deviceList/index.ts', maxKb: 60 },
  passphraseStrength: { entry: 'src/core/passphraseStrength/index.ts', maxKb: 50 },
  recording: { entry: 'src/recording/index.ts', maxKb: 50 },
  recordingWorker: { entry: 'src/recording/databaseWorker.ts', maxKb: 20, program: true },
  hubCertificates: { entry: 'src/localHub/certificates/index.ts', maxKb: 50 },
  sqliteWasm: { entry: 'src/sqlite/wasm/index.ts', maxKb: 40 },
};

/**
 * Libraries that several bundles use, in separate files: packaged once, and one instance per process.
 * @type {Record<string, string>} package by file name
 */
const libraries = {
  csv: 'papaparse',
  debug: 'debug',
  l10n: '@vscode/l10n',
  mqttPacket: 'mqtt-packet',
  reflectMetadata: 'reflect-metadata',
  rhea: 'rhea',
  ws: 'ws',
  x509: '@peculiar/x509',
};

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  outdir: 'dist',
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  // The oldest supported VS Code (engines.vscode) includes Node 20.
  target: 'node20',
  mainFields: ['module', 'main'],
  // A copy of Node's streams, for browsers and for versions of Node that are no longer supported.
  alias: { 'readable-stream': 'node:stream' },
  external: ['vscode', 'node:sqlite', 'bufferutil', 'utf-8-validate'],
  // Otherwise esbuild keeps native import() in CommonJS, which VS Code rejects (microsoft/vscode#130367).
  supported: { 'dynamic-import': false },
};

/** @type {import('esbuild').Plugin} */
const splitBundles = {
  name: 'split-bundles',
  setup(build) {
    const byFile = new Map(
      Object.entries(bundles).map(([name, { entry, shared }]) => [path.resolve(entry), { name, shared }]),
    );
    build.onResolve({ filter: /^\.{1,2}\/.*\/index(\.js)?$/ }, (args) => {
      const file = path.resolve(args.resolveDir, args.path.replace(/\.js$/, '') + '.ts');
      const bundle = byFile.get(file);
      if (!bundle || (args.kind !== 'dynamic-import' && !bundle.shared)) return undefined;
      return { path: `./${bundle.name}.js`, external: true };
    });
  },
};

/** @param {string} [own] the library whose own file is built @returns {import('esbuild').Plugin} */
const shareLibraries = (own) => ({
  name: 'share-libraries',
  setup(build) {
    const fileOf = new Map(
      Object.entries(libraries).flatMap(([name, library]) =>
        library === own ? [] : [[library, `./${name}.js`]],
      ),
    );
    build.onResolve({ filter: /^[@\w]/ }, (args) => {
      const file = fileOf.get(args.path);
      return file ? { path: file, external: true } : undefined;
    });
  },
});

const sqliteBinary = path.join(
  path.dirname(require.resolve('node-sqlite3-wasm/package.json')),
  'dist/node-sqlite3-wasm.wasm',
);

/** The binary of SQLite's WebAssembly build, a third of its size. It is decompressed where it is used. */
function packSqlite() {
  const packed = 'dist/node-sqlite3-wasm.wasm.br';
  if (fs.existsSync(packed) && fs.statSync(packed).mtimeMs > fs.statSync(sqliteBinary).ctimeMs) return;
  fs.mkdirSync('dist', { recursive: true });
  fs.writeFileSync(packed, zlib.brotliCompressSync(fs.readFileSync(sqliteBinary)));
}

const readSqliteBinary = 'if(readBinary){return readBinary(file)}';

/**
 * Reads the file that `packSqlite` writes.
 * @type {import('esbuild').Plugin}
 */
const unpackSqlite = {
  name: 'unpack-sqlite',
  setup(build) {
    build.onLoad({ filter: /node-sqlite3-wasm\.js$/ }, (args) => {
      const source = fs.readFileSync(args.path, 'utf8');
      if (!source.includes(readSqliteBinary))
        throw new Error(`${args.path} reads its binary in another way.`);
      const contents = source.replace(
        readSqliteBinary,
        'return require("node:zlib").brotliDecompressSync(require("node:fs").readFileSync(file+".br"));',
      );
      return { contents, loader: 'js' };
    });
  },
};

/** One bundle for each `src/webview/<name>/main.ts`. */
const webviews = Object.fromEntries(
  (fs.existsSync('src/webview') ? fs.readdirSync('src/webview') : [])
    .filter((name) => fs.existsSync(`src/webview/${name}/main.ts`))
    .map((name) => [`webview/${name}`, `src/webview/${name}/main.ts`]),
);

const builds = [
  ...[true, false].map((keepNames) => ({
    ...node,
    keepNames,
    entryPoints: Object.fromEntries(
      Object.entries(bundles)
        .filter(([, bundle]) => (bundle.keepNames ?? false) === keepNames)
        .map(([name, { entry }]) => [name, entry]),
    ),
    plugins: [splitBundles, shareLibraries(), unpackSqlite],
  })),
  // The CommonJS build, so that `import` and `require` of a library return the same object.
  ...Object.entries(libraries).map(([name, library]) => ({
    ...node,
    keepNames: true,
    outdir: undefined,
    outfile: `dist/${name}.js`,
    stdin: { contents: `module.exports = require(${JSON.stringify(library)})`, resolveDir: __dirname },
    plugins: [shareLibraries(library)],
  })),
  ...(Object.keys(webviews).length
    ? [
        /** @type {import('esbuild').BuildOptions} */ ({
          ...shared,
          platform: 'browser',
          format: 'iife',
          target: 'es2022',
          entryPoints: webviews,
          // Only the icons of @vscode/codicons that are used.
          loader: { '.svg': 'text' },
        }),
      ]
    : []),
];

/**
 * Reports when a round of builds starts and finishes, and errors in the format of tsc, for `test/host/watch.mjs`.
 * @param {number} count number of builds, all initially busy
 * @returns {import('esbuild').Plugin}
 */
function reportRounds(count) {
  let busy = count;
  const begun = new Set();
  return {
    name: 'report-rounds',
    setup(build) {
      build.onStart(() => {
        if (!begun.has(build)) return void begun.add(build);
        if (busy === 0) console.log('[build] started');
        busy += 1;
      });
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          const { file, line, column } = location ?? { file: 'esbuild.js', line: 1, column: 0 };
          console.log(`${file}(${line},${column + 1}): error esbuild: ${text}`);
        }
        busy -= 1;
        if (busy === 0) console.log('[build] finished');
      });
    },
  };
}

/** Rebuilds after each change until the process ends. */
async function watchAll() {
  console.log('[build] started');
  const rounds = reportRounds(builds.length);
  for (const options of builds) {
    const plugins = [...(options.plugins ?? []), rounds];
    await (await esbuild.context({ ...options, logLevel: 'silent', plugins })).watch();
  }
}

async function main() {
  fs.rmSync('dist', { recursive: true, force: true });
  packSqlite();
  if (watch) return watchAll();
  /** @type {import('esbuild').Metafile} */
  const meta = { inputs: {}, outputs: {} };
  for (const options of builds) {
    const result = await esbuild.build(options);
    Object.assign(meta.inputs, result.metafile?.inputs);
    Object.assign(meta.outputs, result.metafile?.outputs);
  }
  fs.writeFileSync('dist/meta.json', JSON.stringify(meta));
}

module.exports = { bundles, libraries };

if (require.main === module) {
  main().catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
