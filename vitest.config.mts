import os from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that replace modules (`vi.mock`, the `vscode` fake) or patch the SDKs; each runs in a separate process. All others
 * share processes: loading the Azure SDKs for each file would take longer than most of the tests.
 */
const isolated = {
  localHub: ['test/localHub/{events,monitor}*.test.ts'],
  unit: ['test/unit/*.test.ts', 'test/unit/{certificates,explorer,features,workbench}/**/*.test.ts'],
};

const project = (
  name: string,
  isolate: boolean,
  include: string[],
  { exclude = [], globalSetup = [] }: { exclude?: string[]; globalSetup?: string[] } = {},
) => ({
  extends: true as const,
  test: {
    name,
    isolate,
    include,
    exclude: [...configDefaults.exclude, ...exclude],
    globalSetup,
    // The `vscode` fake, which is shared by all files of a process.
    setupFiles: isolate ? ['test/support/setup.ts'] : [],
  },
});

/** In start order: tests that wait for hubs first, short ones fill the end. */
const projects = [
  project('localHub:isolated', true, isolated.localHub),
  project('localHub', false, ['test/localHub/**/*.test.ts'], { exclude: isolated.localHub }),
  project('pages', true, ['test/pages/*.test.ts'], { globalSetup: ['test/pages/support/build.ts'] }),
  project('unit:isolated', true, isolated.unit),
  project('unit', false, ['test/{unit,architecture}/**/*.test.ts'], { exclude: isolated.unit }),
];

/** Project by project, the longest files of each first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return projects.flatMap(({ test }) => sorted.filter(({ project: { name } }) => name === test.name));
  }
}

export default defineConfig({
  test: {
    // Detects hanging tests, not slow ones: a busy machine takes many times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    // More than the number of processors: tests of the local hub wait more than they compute.
    maxWorkers: 2 * os.availableParallelism(),
    sequence: { sequencer: LongestFirst },
    reporters: ['default'],
    projects,
  },
});
