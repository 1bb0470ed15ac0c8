/** Allowed imports between layers: `npx depcruise --config test/config/layers.cjs src`. Explained in CONTRIBUTING. */
const error = (name, from, to) => ({ name, severity: 'error', from, to });
const knowsOnly = (layer, ...others) =>
  error(
    `${layer}-knows-only-${others.join('-') || 'itself'}`,
    { path: `^src/${layer}/` },
    { path: '^src/', pathNot: [layer, ...others].map((other) => `^src/${other}(/|\\.ts$)`) },
  );
const home = (name, layers, packages) =>
  error(
    name,
    { path: '^src/', pathNot: layers.map((layer) => `^src/${layer}/`) },
    { path: `(^|/)node_modules/(${packages})(/|$)` },
  );
const path = require('node:path').posix;
const { bundles } = require('../../esbuild.js');
/** Folders of the bundles that load on first use, except those of the local hub. */
const lazyFolders = Object.values(bundles)
  .filter(({ program, entry }) => !program && !/^src\/(localHub|sqlite)\//.test(entry))
  .map(({ entry }) => `${path.dirname(entry)}/`);
const lazyFolder = `^(${lazyFolders.join('|')})`;

module.exports = {
  forbidden: [
    error('no-cycles', {}, { circular: true }),
    knowsOnly('core'),
    knowsOnly('azure', 'core'),
    knowsOnly('certificates', 'core'),
    knowsOnly('localHub', 'sqlite'),
    knowsOnly('sqlite'),
    knowsOnly('recording', 'core', 'sqlite'),
    knowsOnly('webview', 'core'),
    knowsOnly('workbench', 'core', 'contributions', 'webview'),
    knowsOnly('explorer', 'core', 'workbench', 'contributions', 'services'),
    error(
      'features-are-strangers',
      { path: '^src/features/([^/]+)/' },
      { path: '^src/features/', pathNot: '^src/features/$1/' },
    ),
    error(
      'nobody-imports-the-root',
      { path: '^src/', pathNot: '^src/extension\\.ts$' },
      { path: '^src/extension\\.ts$' },
    ),
    error(
      'vscode-at-the-edge',
      { path: '^src/(core|azure|certificates|localHub|recording|sqlite|webview)/' },
      { path: '(^|/)(@types/)?vscode(/index\\.d\\.ts)?$' },
    ),
    error(
      'core-does-no-io',
      { path: '^src/core/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|zlib)$' },
    ),
    home('azure-sdks-live-in-azure', ['azure'], '@azure/[^/]+|azure-iothub|azure-iot-common|mqtt'),
    home('brokers-live-in-the-local-hub', ['localHub'], 'mqtt-packet'),
    home('sqlite-has-one-home', ['sqlite/wasm'], 'node-sqlite3-wasm'),
    home('amqp-lives-at-the-wires', ['localHub', 'azure'], 'rhea|rhea-promise|ws'),
    home(
      'x509-has-two-homes',
      ['localHub/certificates', 'core/x509'],
      '@peculiar/x509|node-forge|reflect-metadata',
    ),
    error(
      'x509-runs-on-worker-threads',
      { path: '^src/', pathNot: '^src/(core/x509/|certificates/workers/certificateWorker\\.ts$)' },
      { path: '^src/core/x509/', dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    error(
      'local-hub-has-one-door',
      { path: '^src/', pathNot: '^src/localHub/' },
      { path: '^src/localHub/', pathNot: '^src/localHub/start\\.ts$' },
    ),
    error(
      'only-its-feature-starts-the-local-hub',
      { path: '^src/', pathNot: '^src/(localHub|features/localHub)/' },
      { path: '^src/localHub/', dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    error(
      'local-hub-door-is-light',
      { path: '^src/localHub/start\\.ts$' },
      {
        path: '(node_modules|^src/)',
        pathNot: '^src/localHub/control/',
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    ),
    error(
      'webview-has-one-door',
      { path: '^src/', pathNot: '^src/webview/' },
      { path: '^src/webview/', pathNot: '^src/webview/(protocol|.+/api)\\.ts$' },
    ),
    error(
      'big-parts-are-lazy',
      { path: '^src/', pathNot: lazyFolder },
      { path: lazyFolder, dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
