import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';

interface Task {
  readonly label: string;
  readonly type?: string;
  readonly script?: string;
  readonly dependsOn?: readonly string[];
  readonly problemMatcher: unknown;
}
interface Configuration {
  readonly name: string;
  readonly program?: string;
  readonly args?: readonly string[];
  readonly preLaunchTask?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const root = path.resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

function readJson<T>(file: string): T {
  const errors: ParseError[] = [];
  const value = parse(read(file), errors) as T;
  expect(errors, file).toEqual([]);
  return value;
}

const { bundles } = createRequire(__filename)('../../esbuild.js') as {
  bundles: Readonly<Record<string, unknown>>;
};
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
const { tasks } = readJson<{ tasks: readonly Task[] }>('.vscode/tasks.json');
const launch = readJson<{
  configurations: readonly Configuration[];
  compounds: readonly { readonly configurations: readonly string[] }[];
}>('.vscode/launch.json');
const labels = tasks.map(({ label }) => label);

describe('files in .vscode', () => {
  it.each(readdirSync(path.join(root, '.vscode')))('%s is valid JSON with comments', (file) => {
    expect(readJson<unknown>(`.vscode/${file}`)).toBeTypeOf('object');
  });

  it('are tracked by git', () => {
    expect(read('.gitignore')).not.toContain('.vscode');
  });

  it('refer only to existing npm scripts', () => {
    for (const { script, type } of tasks) {
      if (type === 'npm') expect(Object.keys(scripts)).toContain(script);
    }
  });

  it('refer only to existing tasks with unique labels', () => {
    expect(new Set(labels).size).toBe(labels.length);
    for (const { dependsOn = [] } of tasks) for (const label of dependsOn) expect(labels).toContain(label);
    for (const { preLaunchTask } of launch.configurations)
      if (preLaunchTask !== undefined) expect(labels).toContain(preLaunchTask);
  });

  it('combine only existing launch configurations', () => {
    const names = launch.configurations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { configurations } of launch.compounds)
      for (const name of configurations) expect(names).toContain(name);
  });

  it('start programs that exist or are built', () => {
    const programs = launch.configurations.flatMap(({ program }) => program ?? []);
    expect(programs.length).toBeGreaterThan(0);
    for (const program of programs) {
      const file = program.replace('${workspaceFolder}/', '');
      const bundle = /^dist\/(\w+)\.js$/.exec(file)?.[1];
      if (bundle === undefined) expect(existsSync(path.join(root, file)), file).toBe(true);
      else expect(Object.keys(bundles)).toContain(bundle);
    }
  });

  it('run the extension tests from their build folder', () => {
    const argument = launch.configurations
      .flatMap(({ args = [] }) => args)
      .find((text) => text.startsWith('--extensionTestsPath='));
    const folder = /^--extensionTestsPath=\$\{workspaceFolder\}\/(.+)\/run\.cjs$/.exec(argument ?? '')?.[1];
    expect(read('test/host/inHostSuite.mjs')).toContain(`'${folder}'`);
  });

  it('set only variables that the code reads', () => {
    const sources = ['src', 'test/workbench/inHost'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => read(path.join(folder, file))),
    );
    for (const { env = {} } of launch.configurations)
      for (const name of Object.keys(env))
        expect(
          sources.some((text) => text.includes(name)),
          name,
        ).toBe(true);
  });

  it('match the output of npm run watch', () => {
    const matcher = tasks.find(({ label }) => label === 'watch')?.problemMatcher as {
      readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
    };
    const printed = [...read('test/host/watch.mjs').matchAll(/console\.log\(['`](\[watch\][^'`]*)/g)].map(
      ([, text = '']) => text,
    );
    for (const pattern of [matcher.background.beginsPattern, matcher.background.endsPattern])
      expect(printed.filter((text) => new RegExp(pattern).test(text)).length).toBeGreaterThan(0);
    expect(matcher.background.beginsPattern).not.toBe(matcher.background.endsPattern);
  });
});

describe('scripts of package.json', () => {
  it('run only existing files', () => {
    for (const [name, command] of Object.entries(scripts))
      for (const [, file = ''] of command.matchAll(/\bnode (\S+)/g))
        expect(existsSync(path.join(root, file)), name).toBe(true);
  });
});
