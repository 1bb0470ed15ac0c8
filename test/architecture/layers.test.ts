import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '../..');

/** A planted import, and the rule that must report it. */
const planted: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['core/planted1.ts', "import '../workbench/settings';", 'core-imports-only-certificatePath'],
  [
    'core/planted2.ts',
    "import * as vscode from 'vscode'; export const v = vscode;",
    'vscode-only-in-outer-layers',
  ],
  ['core/planted3.ts', "import 'node:fs';", 'core-does-no-io'],
  ['certificatePath/planted30.ts', "import '../core/errors';", 'certificatePath-imports-only-itself'],
  ['certificatePath/planted31.ts', "import 'node:fs';", 'core-does-no-io'],
  ['azure/planted4.ts', "import '../explorer/nodes';", 'azure-imports-only-core'],
  ['localHub/planted5.ts', "import '../core/errors';", 'localHub-imports-only-certificatePath-sqlite'],
  [
    'workbench/planted6.ts',
    "import '../explorer/nodes';",
    'workbench-imports-only-core-contributions-webview',
  ],
  [
    'explorer/planted7.ts',
    "import '../features/monitor/monitorFeature';",
    'explorer-imports-only-core-workbench-contributions-services',
  ],
  ['features/hubs/planted8.ts', "import '../monitor/monitorFeature';", 'features-do-not-import-each-other'],
  ['features/hubs/planted9.ts', "import '../../extension';", 'no-imports-of-the-root'],
  ['features/hubs/planted10.ts', "import 'mqtt';", 'azure-sdks-only-in-azure'],
  ['azure/planted11.ts', "import 'mqtt-packet';", 'mqtt-packet-only-in-local-hub'],
  ['features/hubs/planted12.ts', "import '../../localHub/hub';", 'local-hub-only-through-start'],
  ['features/hubs/planted13.ts', "import '../../localHub/start';", 'local-hub-started-only-by-its-feature'],
  [
    'features/hubs/planted14.ts',
    "import '../../azure/registry/index';",
    'lazy-folders-only-by-dynamic-import',
  ],
  ['features/hubs/planted15.ts', "import 'rhea';", 'amqp-only-in-local-hub-and-azure'],
  ['certificates/planted16.ts', "import '../explorer/nodes';", 'certificates-imports-only-core'],
  ['recording/planted18.ts', "import '../localHub/start';", 'recording-imports-only-core-sqlite'],
  ['recording/planted19.ts', "import 'node-sqlite3-wasm';", 'wasm-sqlite-only-in-sqlite'],
  ['features/hubs/planted20.ts', "import '../../recording/index';", 'lazy-folders-only-by-dynamic-import'],
  ['certificates/planted17.ts', "import '../core/x509/index';", 'x509-only-on-worker-threads'],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

function violations(folder: string): Violation[] {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    program,
    '--config',
    path.join(root, 'test/config/layers.cjs'),
    '--output-type',
    'json',
    'src',
  ];
  // Its exit code is the number of violations.
  const output = run(process.execPath, args, folder);
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

function run(program: string, args: string[], cwd: string): string {
  try {
    return execFileSync(program, args, {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout) return stdout;
    throw error;
  }
}

describe('layers', () => {
  let folder: string;
  let found: string[];
  // One run over a copy with planted imports checks both, since no real file imports the planted ones.
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'iot-hub-workbench-layers-'));
    cpSync(path.join(root, 'src'), path.join(folder, 'src'), { recursive: true });
    cpSync(path.join(root, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
    cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    for (const [file, line] of planted) writeFileSync(path.join(folder, 'src', file), `${line}\n`);
    found = violations(folder).map(({ rule, from }) => `${rule.name}: ${from}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('have no violations', () => {
    const files = planted.map(([file]) => `: src/${file}`);
    expect(found.filter((violation) => !files.some((file) => violation.endsWith(file)))).toEqual([]);
  });

  it('report every planted import under its rule', () => {
    for (const [file, , rule] of planted) expect(found).toContain(`${rule}: src/${file}`);
  });
});
