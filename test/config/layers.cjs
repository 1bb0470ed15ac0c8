/** Allowed imports between layers: `npx depcruise --config test/config/layers.cjs src`. Explained in CONTRIBUTING. */
const error = (name, from, to) => ({ name, severity: 'error', from, to });
const importsOnly = (layer, ...others) =>
  error(
    `${layer}-imports-only-${others.join('-') || 'itself'}`,
    { path: `^src/${layer}/` },
    { path: '^src/', pathNot: [layer, ...others].map((other) => `^src/${other}(/|\\.ts$)`) },
  );
const packagesOnlyIn = (name, layers, packages) =>
  error(
    name,
    { path: '^src/', pathNot: layers.map((layer) => `^src/${layer}/`) },
    { path: `(^|/)node_modules/(${packages})(/|$)` },
  );
const path = require('node:path').posix;
const { bundles } = require('../../esbuild.js');
/** Folders of the bundles that load on first use, except those of the local hub and shared ones. */
const lazyFolders = Object.values(bundles)
  .filter(({ program, shared, entry }) => !program && !shared && !/^src\/(localHub|sqlite)\//.test(entry))
  .map(({ entry }) => `${path.dirname(entry)}/`);
const lazyFolder = `^(${lazyFolders.join('|')})`;

module.exports = {
  forbidden: [
    error('no-cycles', {}, { circular: true }),
    importsOnly('certificatePath'),
    importsOnly('core', 'certificatePath'),
    importsOnly('azure', 'core'),
    importsOnly('certificates', 'core'),
    importsOnly('localHub', 'certificatePath', 'sqlite'),
    importsOnly('sqlite'),
    importsOnly('recording', 'core', 'sqlite'),
    importsOnly('webview', 'core'),
    importsOnly('workbench', 'core', 'contributions', 'webview'),
    importsOnly('explorer', 'core', 'workbench', 'contributions', 'services'),
    error(
      'features-do-not-import-each-other',
      { path: '^src/features/([^/]+)/' },
      { path: '^src/features/', pathNot: '^src/features/$1/' },
    ),
    error(
      'no-imports-of-the-root',
      { path: '^src/', pathNot: '^src/extension\\.ts$' },
      { path: '^src/extension\\.ts$' },
    ),
    error(
      'vscode-only-in-outer-layers',
      { path: '^src/(core|azure|certificatePath|certificates|localHub|recording|sqlite|webview)/' },
      { path: '(^|/)(@types/)?vscode(/index\\.d\\.ts)?$' },
    ),
    error(
      'core-does-no-io',
      { path: '^src/(core|certificatePath)/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|zlib)$' },
    ),
    packagesOnlyIn('azure-sdks-only-in-azure', ['azure'], '@azure/[^/]+|azure-iothub|azure-iot-common|mqtt'),
    packagesOnlyIn('mqtt-packet-only-in-local-hub', ['localHub'], 'mqtt-packet'),
    packagesOnlyIn('wasm-sqlite-only-in-sqlite', ['sqlite/wasm'], 'node-sqlite3-wasm'),
    packagesOnlyIn('amqp-only-in-local-hub-and-azure', ['localHub', 'azure'], 'rhea|rhea-promise|ws'),
    packagesOnlyIn(
      'x509-libraries-only-in-two-folders',
      ['localHub/certificates', 'core/x509'],
      '@peculiar/x509|node-forge|reflect-metadata',
    ),
    error(
      'x509-only-on-worker-threads',
      { path: '^src/', pathNot: '^src/(core/x509/|certificates/workers/certificateWorker\\.ts$)' },
      { path: '^src/core/x509/', dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    error(
      'local-hub-only-through-start',
      { path: '^src/', pathNot: '^src/localHub/' },
      { path: '^src/localHub/', pathNot: '^src/localHub/start\\.ts$' },
    ),
    error(
      'local-hub-started-only-by-its-feature',
      { path: '^src/', pathNot: '^src/(localHub|features/localHub)/' },
      { path: '^src/localHub/', dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    error(
      'local-hub-start-without-dependencies',
      { path: '^src/localHub/start\\.ts$' },
      {
        path: '(node_modules|^src/)',
        pathNot: '^src/localHub/control/',
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    ),
    error(
      'webview-only-through-api',
      { path: '^src/', pathNot: '^src/webview/' },
      { path: '^src/webview/', pathNot: '^src/webview/(protocol|.+/api)\\.ts$' },
    ),
    error(
      'lazy-folders-only-by-dynamic-import',
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
