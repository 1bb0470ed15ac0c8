import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '../..');
const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { contributes } = readJson('package.json') as {
  contributes: { commands: readonly { readonly command: string; readonly title: string }[] };
};
const texts = readJson('package.nls.json') as Readonly<Record<string, string>>;
/** The commands with the titles that users see. */
const commands = contributes.commands.map(({ command, title }) => ({
  command,
  title: title.replace(/^%(.+)%$/, (_, key: string) => texts[key] ?? ''),
}));

const read = (folder: string): string =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'))
    .join('\n');
const inHost = read('test/workbench/inHost');
const stories = read('test/workbench/story');

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Tree rows that run a command when clicked, and have their own label. */
const rows: Readonly<Record<string, string>> = { loadMore: "row('Load More…').click()" };

/** In-host tests use the ID (`command('refresh')`); stories use the title, in the palette or in a menu. */
function isRun({ command, title }: { readonly command: string; readonly title: string }): boolean {
  const id = command.replace('iotHubWorkbench.', '');
  return (
    new RegExp(`\\b(?:command|accept)\\(\\s*'${id}'|'iotHubWorkbench\\.${id}'`).test(inHost) ||
    // An inline action is found by the beginning of its title.
    new RegExp(`['"\`](?:IoT Hub: )?${escape(title.replace(/…$/, ''))}…?['"\`]`).test(stories) ||
    stories.includes(rows[id] ?? '\0')
  );
}

describe('commands of package.json in a real VS Code', () => {
  it('are each run by an in-host test or a story', () => {
    expect(commands.length).toBeGreaterThan(70);
    for (const { command, title } of commands) expect(title, command).not.toBe('');
    expect(commands.filter((command) => !isRun(command)).map(({ title }) => title)).toEqual([]);
  });

  it('are reported if neither runs them', () => {
    expect(isRun({ command: 'iotHubWorkbench.danceLocalHub', title: 'Let the Local Hub Dance' })).toBe(false);
  });
});
