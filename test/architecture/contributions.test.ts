import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Hub } from '../../src/core/hub/hub';
import { commands, contextKeys, settingsPrefix, views, webviews } from '../../src/contributions';
import { type Node, type NodeKind } from '../../src/explorer/nodes';
import { anAccount, aSubscription } from '../support/azure';
import { aLocalHub, anAccountHub, anEventHubsEndpoint, aSavedHub } from '../support/hubs';
import { aHubCertificate, anAuthority, anIssuedCertificate } from '../support/certificates';
import { contextValue, present } from '../../src/explorer/presentation';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface Setting {
  readonly default: unknown;
  readonly markdownDescription: string;
  readonly scope: string;
}
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const root = path.resolve(__dirname, '../..');
const texts = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
/** As VS Code reads it in English. */
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'), (_key, value: unknown) => {
  const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
  return key === undefined ? value : texts[key];
}) as Manifest;
const { contributes } = manifest;
const menus = Object.entries(contributes.menus).flatMap(([menu, items]) =>
  items.map((item) => ({ menu, ...item })),
);
const ids = Object.values(commands);
const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));

describe('commands of package.json', () => {
  it('match those of contributions.ts', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...ids].sort());
  });

  it('have unique titles and the category', () => {
    const titles = contributes.commands.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { title, category } of contributes.commands) {
      expect(title).toMatch(/^[A-Z]/);
      expect(category).toBe('IoT Hub');
    }
  });

  it('are each registered exactly once', () => {
    for (const name of Object.keys(commands)) {
      // Individually, or in a list of commands that load on first use.
      const registration = new RegExp(
        `registerCommand\\(\\s*commands\\.${name}\\b|^  commands\\.${name},$`,
        'gm',
      );
      const uses = sources.join('\n').match(registration) ?? [];
      expect({ name, registered: uses.length }).toEqual({ name, registered: 1 });
    }
  });

  it('are hidden in the palette if they require a tree node', () => {
    const hidden = contributes.menus['commandPalette']
      ?.filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    // All other commands show a quick pick when called without a node.
    expect(hidden).toEqual([commands.loadMore]);
  });
});

describe('webview panels of contributions.ts', () => {
  it('match the activation events of package.json', () => {
    const event = 'onWebviewPanel:';
    const activated = manifest.activationEvents.filter((name) => name.startsWith(event));
    expect(activated.map((name) => name.slice(event.length)).sort()).toEqual(Object.values(webviews).sort());
  });

  it.each(Object.keys(webviews))('have a page, contract, styles and icons: %s', (name) => {
    for (const file of [
      `src/webview/${name}/main.ts`,
      `src/webview/${name}/api.ts`,
      `src/webview/${name}/${name}.css`,
      `media/${name}.light.svg`,
      `media/${name}.dark.svg`,
    ])
      expect({ file, exists: existsSync(path.join(root, file)) }).toEqual({ file, exists: true });
  });

  it.each(Object.keys(webviews))('are restored after the window reloads: %s', (name) => {
    const uses =
      sources.join('\n').match(new RegExp(`registerPanelRestore\\(\\s*webviews\\.${name}\\b`, 'g')) ?? [];
    expect(uses).toHaveLength(1);
  });
});

describe('menus of package.json', () => {
  it('contain only existing commands', () => {
    for (const { command } of menus) expect(ids).toContain(command);
  });

  it('have at most three icons in the view title', () => {
    const icons = contributes.menus['view/title']?.filter(({ group }) => group?.startsWith('navigation'));
    expect(icons?.length).toBeLessThanOrEqual(3);
  });

  it('use only existing context keys and views', () => {
    const known: readonly string[] = [...Object.values(contextKeys), ...Object.values(views)];
    const conditions = [
      ...menus.map(({ when }) => when),
      ...contributes.commands.map(({ enablement }) => enablement),
    ];
    for (const condition of conditions) {
      for (const [name] of condition?.matchAll(/iotHubWorkbench\.\w+/g) ?? []) expect(known).toContain(name);
    }
  });

  it('match only existing context values of nodes', () => {
    const values = everyContextValue();
    for (const { command, when } of menus) {
      const pattern = /viewItem =~ \/(.+?)\/( |$)/.exec(when ?? '')?.[1];
      if (!pattern) continue;
      const matched = values.filter((value) => new RegExp(pattern).test(value));
      expect({ command, pattern, matches: matched.length > 0 }).toEqual({ command, pattern, matches: true });
    }
  });

  it('offer publishing only for devices that can authenticate, and either start or stop', () => {
    const offered = (value: string) =>
      menus
        .filter(({ menu, when }) => menu === 'view/item/context' && !when?.includes('&& listMultiSelection'))
        .filter(({ when }) =>
          new RegExp(/viewItem =~ \/(.+?)\/( |$)/.exec(when ?? '')?.[1] ?? '$^').test(value),
        )
        .map(({ command }) => command);
    for (const value of everyContextValue()) {
      const items = offered(value);
      expect(items.includes(commands.publishMessage)).toBe(
        value.startsWith('device;') && !value.startsWith('device;none'),
      );
      for (const [one, other] of [
        [commands.startMonitoring, commands.stopMonitoring],
        [commands.startLocalHub, commands.stopLocalHub],
        [commands.enableDevice, commands.disableDevice],
      ] as const) {
        expect({ value, both: items.includes(one) && items.includes(other) }).toEqual({ value, both: false });
      }
    }
  });
});

describe('settings of package.json', () => {
  const properties = contributes.configuration.flatMap((category) => Object.entries(category.properties));

  it('match those that the code reads', () => {
    const text = readFileSync(path.join(root, 'src/contributions.ts'), 'utf8');
    const declared = [
      ...(/interface Settings \{([\s\S]*?)\n\}/.exec(text)?.[1]?.matchAll(/'([\w.]+)':/g) ?? []),
    ].map(([, name]) => `${settingsPrefix}.${name}`);
    expect(properties.map(([name]) => name).sort()).toEqual(declared.sort());
  });

  it('have a default, a description and a scope that workspaces cannot override', () => {
    for (const [name, setting] of properties) {
      expect({ name, hasDefault: setting.default !== undefined }).toEqual({ name, hasDefault: true });
      expect(setting.markdownDescription.length).toBeGreaterThan(20);
      expect(['application', 'machine']).toContain(setting.scope);
    }
  });
});

describe('activation', () => {
  it('requires the view, a command, a restored panel or a workspace with message files', () => {
    expect(manifest.activationEvents).toEqual([
      'onWebviewPanel:iotHubWorkbench.publish',
      'onWebviewPanel:iotHubWorkbench.events',
      'onWebviewPanel:iotHubWorkbench.hubOverview',
      'workspaceContains:**/*.d2c.json',
    ]);
  });

  it('uses the view that the code provides', () => {
    expect(Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id))).toEqual(
      Object.values(views),
    );
  });
});

/** `viewItem` of every node in every state. */
function everyContextValue(): string[] {
  const ports = { mqtt: 1, https: 1, amqp: 1, amqpPlain: 1 };
  const hubs: Hub[] = [
    aSavedHub(),
    anEventHubsEndpoint(),
    aLocalHub({ kind: 'stopped' }),
    aLocalHub({ kind: 'starting' }),
    aLocalHub({ kind: 'failed', reason: 'x' }),
    aLocalHub({ kind: 'running', ports }),
    ...['Active', 'Activating', 'Deleting', 'Suspended'].map((state) => anAccountHub({ state })),
  ];
  const hubId = 'h';
  const device = { deviceId: 'd', isEdge: false };
  const account = anAccount();
  const nodes: Readonly<Record<Exclude<NodeKind, 'hub'>, readonly Node[]>> = {
    account: [{ kind: 'account', account }],
    subscription: [{ kind: 'subscription', subscription: aSubscription() }],
    deviceFolder: [{ kind: 'deviceFolder', hubId }],
    certificateFolder: [{ kind: 'certificateFolder', hubId }],
    device: (['sas', 'selfSigned', 'certificateAuthority', 'none'] as const).flatMap((authentication) =>
      [true, false].flatMap((isEnabled) =>
        [true, false].map((isConnected): Node => ({
          kind: 'device',
          hubId,
          device: { ...device, authentication, isEnabled, isConnected },
        })),
      ),
    ),
    hubCertificate: [true, false].map((isVerified): Node => ({
      kind: 'hubCertificate',
      hubId,
      certificate: aHubCertificate({ isVerified }),
    })),
    authorityFolder: [{ kind: 'authorityFolder' }],
    authority: ['/ca/ca.key.pem', undefined].map((keyFile): Node => ({
      kind: 'authority',
      authority: anAuthority(keyFile === undefined ? {} : { keyFile }),
    })),
    selfSignedFolder: [{ kind: 'selfSignedFolder' }],
    issuedCertificate: [{ kind: 'issuedCertificate', certificate: anIssuedCertificate() }],
    loadMore: [{ kind: 'loadMore', hubId, loaded: 1 }],
    notice: [{ kind: 'notice', hubId, branch: 'hub', text: 't', icon: 'info' }],
    failure: [
      { kind: 'failure', hubId, branch: 'hub', message: 'm' },
      { kind: 'failure', branch: 'tenant', above: { kind: 'account', account }, message: 'm' },
    ],
  };
  const value = (node: Node, hub?: Hub, marks: readonly string[] = []) =>
    contextValue(node, present(node, { hub: () => hub, badges: () => marks, now: 0 }));
  return [
    ...hubs.flatMap((hub) => [
      value({ kind: 'hub', hubId }, hub),
      value({ kind: 'hub', hubId }, hub, ['monitored']),
    ]),
    ...Object.values(nodes).flatMap((list) => list.map((node) => value(node))),
  ];
}
