// Builds everything that runs: `node esbuild.js [--production] [--watch]`.
// @ts-check
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/**
 * Modules that get a file of their own and load on first use: VS Code reads and compiles only
 * `extension.js` when it activates us. esbuild cannot split CommonJS, so the cuts are made by hand:
 * `import('…/<folder>/index')` becomes `require('./<name>.js')`.
 */
const chunks = {
  azureRegistry: 'src/azure/registry/index.ts',
  azureEvents: 'src/azure/events/index.ts',
  azureMqtt: 'src/azure/mqtt/index.ts',
  azureManagement: 'src/azure/management/index.ts',
  certificateCommands: 'src/features/certificates/handling/index.ts',
  azureCommands: 'src/features/azure/commands/index.ts',
  createHub: 'src/features/createHub/creating/index.ts',
  cleanUp: 'src/features/cleanUp/cleaning/index.ts',
  publishPanel: 'src/features/publish/panel/index.ts',
  monitoring: 'src/features/monitor/monitoring/index.ts',
  hubOverview: 'src/features/hubOverview/panel/index.ts',
  deviceList: 'src/core/certificate/deviceList/index.ts',
  passphraseStrength: 'src/core/passphraseStrength/index.ts',
  recording: 'src/recording/index.ts',
};
/** The local hub's own parts that only some starts need. */
const hubChunks = {
  hubCertificates: 'src/localHub/certificates/index.ts',
};
/** Parts of recordings and of the local hub alike. */
const commonChunks = {
  sqliteWasm: 'src/sqlite/wasm/index.ts',
};

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  outdir: 'dist',
  minify: production,
  // azure-iothub and rhea-promise tell classes apart by constructor.name.
  keepNames: true,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  // The oldest VS Code we run in (engines.vscode) brings Node 20.
  target: 'node20',
  mainFields: ['module', 'main'],
  // A copy of Node's own streams, for browsers and for versions of Node that nobody has any more.
  alias: { 'readable-stream': 'node:stream' },
  external: ['vscode', 'node:sqlite', 'bufferutil', 'utf-8-validate'],
  // Without this esbuild leaves a native import() in CommonJS, which VS Code refuses (microsoft/vscode#130367).
  supported: { 'dynamic-import': false },
};

/** @param {Record<string, string>} parts @returns {import('esbuild').Plugin} */
const splitChunks = (parts) => ({
  name: 'split-chunks',
  setup(build) {
    const byFile = new Map(Object.entries(parts).map(([name, file]) => [path.resolve(file), name]));
    build.onResolve({ filter: /^\.{1,2}\/.*\/index(\.js)?$/ }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const file = path.resolve(args.resolveDir, args.path.replace(/\.js$/, '') + '.ts');
      const name = byFile.get(file);
      return name ? { path: `./${name}.js`, external: true } : undefined;
    });
  },
});

/** SQLite's WebAssembly build reads its binary beside itself at run time, so it stays a file of its own. */
function copySqlite() {
  const from = path.join(path.dirname(require.resolve('node-sqlite3-wasm/package.json')), 'dist');
  fs.mkdirSync('dist', { recursive: true });
  fs.copyFileSync(path.join(from, 'node-sqlite3-wasm.wasm'), 'dist/node-sqlite3-wasm.wasm');
}

/** One bundle for each `src/webview/<name>/main.ts`. */
const webviews = Object.fromEntries(
  (fs.existsSync('src/webview') ? fs.readdirSync('src/webview') : [])
    .filter((name) => fs.existsSync(`src/webview/${name}/main.ts`))
    .map((name) => [`webview/${name}`, `src/webview/${name}/main.ts`]),
);

const builds = [
  { ...node, entryPoints: { extension: 'src/extension.ts' }, plugins: [splitChunks(chunks)] },
  { ...node, entryPoints: chunks, plugins: [splitChunks({ ...chunks, ...commonChunks })] },
  { ...node, entryPoints: { certificateWorker: 'src/certificates/workers/certificateWorker.ts' } },
  {
    ...node,
    entryPoints: { localHub: 'src/localHub/main.ts' },
    plugins: [splitChunks({ ...hubChunks, ...commonChunks })],
  },
  { ...node, entryPoints: { ...hubChunks, ...commonChunks } },
  ...(Object.keys(webviews).length
    ? [
        /** @type {import('esbuild').BuildOptions} */ ({
          ...shared,
          platform: 'browser',
          format: 'iife',
          target: 'es2022',
          entryPoints: webviews,
          // Icons of @vscode/codicons, one by one.
          loader: { '.svg': 'text' },
        }),
      ]
    : []),
];

async function main() {
  fs.rmSync('dist', { recursive: true, force: true });
  copySqlite();
  /** @type {import('esbuild').Metafile} */
  const meta = { inputs: {}, outputs: {} };
  for (const options of builds) {
    if (watch) await (await esbuild.context(options)).watch();
    else {
      const result = await esbuild.build(options);
      Object.assign(meta.inputs, result.metafile?.inputs);
      Object.assign(meta.outputs, result.metafile?.outputs);
    }
  }
  if (!watch) fs.writeFileSync('dist/meta.json', JSON.stringify(meta));
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
