import { describe, expect, it } from 'vitest';
import { type DiscoveredResource } from '../../../src/core/azure/discoveredResources';
import { deleteConfirmation } from '../../../src/features/cleanUp/lazy/deleteConfirmation';
import {
  maxDeviceRows,
  cleanUpPlan,
  selectionOf,
  resolveSelection,
} from '../../../src/core/azure/cleanUpPlan';
import {
  foundAuthority,
  foundCertificate,
  foundDevice,
  foundGroup,
  foundHub,
  hubResource,
  otherResource,
  hubLocation,
  randomOf,
  shown,
  type ShownRow,
} from '../../support/cleanUp';

const plan = (...found: DiscoveredResource[]) => cleanUpPlan({ found }).map(shown);
const ticks = (rows: readonly ShownRow[]) =>
  rows.filter(({ isPreselected }) => isPreselected).map(({ label }) => label);
const row = (rows: readonly ShownRow[], label: string) => {
  const found = rows.find((one) => one.label === label);
  if (!found) throw new Error(`No row ${label}`);
  return found;
};

describe('Rows of Clean Up', () => {
  it('list billed resources first and this computer last, in each section groups, hubs, then their contents', () => {
    const rows = plan(
      foundAuthority('Root'),
      foundDevice('d-local'),
      foundCertificate('CA', hubLocation('paid')),
      foundDevice('d-paid', hubLocation('paid')),
      foundHub('free', { sku: 'F1' }),
      foundHub('paid', { count: 1 }),
      foundGroup('rg', [hubResource('free'), hubResource('paid')]),
    );
    expect(rows.map(({ label }) => label)).toEqual(['rg', 'paid', 'free', 'd-paid', 'CA', 'd-local', 'Root']);
    expect(rows.map(({ heading }) => heading)).toEqual([
      ...Array<string>(5).fill('Dev · anna@contoso.com'),
      'Local Hub',
      'This computer',
    ]);
  });

  it('show what is billed and what is free', () => {
    const rows = plan(foundHub('paid'), foundHub('free', { sku: 'F1' }));
    expect(row(rows, 'paid').description).toBe('hub · S1 · billed');
    expect(row(rows, 'free').description).toBe('hub · F1 · free');
  });

  it('preselect created resources without other contents and those on the local hub, never a key', () => {
    const rows = plan(
      foundGroup('rg', [hubResource('h')]),
      foundHub('h', { count: 1 }),
      foundDevice('d', hubLocation('h')),
      foundDevice('local'),
      foundCertificate('CA'),
      foundAuthority('Root'),
    );
    expect(ticks(rows)).toEqual(['rg', 'h', 'd', 'local', 'CA']);
  });

  it('do not preselect a group with resources that were not created here, and name them', () => {
    const rows = plan(
      foundGroup('rg', [hubResource('h'), otherResource('photos')], [otherResource('photos')]),
      foundHub('h'),
    );
    expect(ticks(rows)).toEqual(['h']);
    expect(row(rows, 'rg').detail).toContain('photos (storageAccounts)');
    expect(row(rows, 'rg').description).toContain('may be billed');
  });

  it.each([
    ['with devices that were not registered here', { count: 3, foreign: 2 }],
    ['with more devices than were checked', { count: 1000, isMore: true }],
    ['whose devices could not be checked', { isUnknown: true }],
  ])('do not preselect a hub %s, nor its group, nor its contents', (_, devices) => {
    const rows = plan(
      foundGroup('rg', [hubResource('h')]),
      foundHub('h', devices),
      foundDevice('d', hubLocation('h')),
    );
    expect(ticks(rows)).toEqual([]);
  });

  it('do not preselect a group whose hub could not be read', () => {
    expect(ticks(plan(foundGroup('rg', [hubResource('h')])))).toEqual([]);
    expect(ticks(plan(foundGroup('rg', [])))).toEqual(['rg']);
  });

  it('do not preselect resources on a hub that was not created here', () => {
    expect(ticks(plan(foundDevice('d', hubLocation('production'))))).toEqual([]);
    expect(ticks(plan(foundCertificate('CA', hubLocation('production'))))).toEqual([]);
  });

  it('combine many devices of a hub', () => {
    const many = Array.from({ length: 1_200 }, (_, n) => foundDevice(`sensor-${n}`));
    expect(plan(...many).map(({ label, description }) => [label, description])).toEqual([
      ['1,200 devices', 'on Local Hub'],
    ]);
    expect(plan(...many.slice(0, maxDeviceRows))).toHaveLength(maxDeviceRows);
  });

  it('match a hub by connection string to a created hub by its host name', () => {
    const place = { hubId: 'saved', hubName: 'Mine', hostName: 'h.azure-devices.net', isLocal: false };
    const rows = plan(foundHub('h', { count: 1 }), foundDevice('d', place));
    expect(row(rows, 'd').within).toEqual([row(rows, 'h').id]);
  });
});

describe('Selection of Clean Up', () => {
  const rows = plan(
    foundGroup('rg', [hubResource('a'), hubResource('b')]),
    foundHub('a'),
    foundHub('b'),
    foundDevice('d1', hubLocation('a')),
    foundDevice('d2', hubLocation('a')),
    foundDevice('d3', hubLocation('b')),
  );
  const ids = (...labels: string[]) => new Set(labels.map((label) => row(rows, label).id));
  const all = ids('rg', 'a', 'b', 'd1', 'd2', 'd3');
  const settle = (before: ReadonlySet<string>, now: ReadonlySet<string>) =>
    rows.filter(({ id }) => resolveSelection(rows, before, now).has(id)).map(({ label }) => label);

  it('selects everything in a selected group or hub', () => {
    expect(settle(ids(), ids('rg'))).toEqual(['rg', 'a', 'b', 'd1', 'd2', 'd3']);
    expect(settle(ids(), ids('a'))).toEqual(['a', 'd1', 'd2']);
  });

  it('deselects the hub and group of a deselected row', () => {
    expect(settle(all, ids('rg', 'a', 'b', 'd2', 'd3'))).toEqual(['b', 'd2', 'd3']);
  });

  it('deselects everything in a deselected group or hub', () => {
    expect(settle(all, ids('a', 'b', 'd1', 'd2', 'd3'))).toEqual([]);
    expect(settle(all, ids('rg', 'b', 'd1', 'd2', 'd3'))).toEqual(['b', 'd3']);
  });

  it('keeps a device selected without its hub', () => {
    expect(settle(ids(), ids('d1'))).toEqual(['d1']);
  });

  it('never contains a group or hub with deselected contents, whatever is clicked', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      let ticked: ReadonlySet<string> = new Set(rows.filter(() => random() < 0.5).map(({ id }) => id));
      ticked = resolveSelection(rows, new Set(), ticked);
      for (let click = 0; click < 20; click++) {
        const next = new Set(ticked);
        // A click on a row, or the checkbox that selects or deselects all rows.
        const clicked = random() < 0.1 ? rows : [rows[Math.floor(random() * rows.length)] as ShownRow];
        const isOn = random() < 0.5;
        for (const { id } of clicked)
          if (isOn) next.add(id);
          else next.delete(id);
        ticked = resolveSelection(rows, ticked, next);
        for (const { id, within } of rows) {
          if (!ticked.has(id)) expect(within.filter((above) => ticked.has(above))).toEqual([]);
        }
        expect(resolveSelection(rows, ticked, ticked)).toEqual(ticked);
      }
    }
  });
});

describe('Confirmation of Clean Up', () => {
  const ask = (found: readonly DiscoveredResource[], ticked?: readonly string[]) => {
    const rows = cleanUpPlan({ found }).map(shown);
    const { direct, covered } = selectionOf(
      rows,
      new Set(rows.filter((one) => ticked?.includes(one.label) ?? true).map(({ id }) => id)),
    );
    return deleteConfirmation(direct, covered);
  };

  it('lists devices and certificates without asking for a name', () => {
    const confirmation = ask([foundDevice('d1'), foundDevice('d2'), foundCertificate('CA')]);
    expect(confirmation.question).toBe('Delete 2 devices and 1 hub certificate?');
    expect(confirmation.detail).toContain('2 devices on Local Hub, with keys and twins: d1, d2');
    expect(confirmation.detail).toContain('1 certificate on Local Hub: CA.');
    expect(confirmation.typed).toBeUndefined();
  });

  it('warns that a key cannot be recovered and that its certificates stay valid, and asks for its name', () => {
    const confirmation = ask([foundAuthority('Root', 3)]);
    expect(confirmation.detail).toContain('3 device certificates');
    expect(confirmation.detail).toMatch(/key cannot be recovered.*remain valid/);
    expect(confirmation.typed?.name).toBe('Root');
  });

  it('asks for the name of the most important resource: group, paid hub, free hub, key', () => {
    const group = foundGroup('rg', [hubResource('paid'), hubResource('free')]);
    const [paid, free] = [foundHub('paid', { count: 1 }), foundHub('free', { sku: 'F1', count: 400 })];
    const rest = [foundAuthority('Root'), foundDevice('d')];
    expect(ask([...rest, free, paid, group]).typed?.name).toBe('rg');
    expect(ask([...rest, free, paid]).typed?.name).toBe('paid');
    expect(ask([...rest, free]).typed?.name).toBe('free');
    expect(ask(rest).typed?.name).toBe('Root');
  });

  it('counts the contents of a hub as part of it, and names resources in a group that were not created here', () => {
    const confirmation = ask([
      foundGroup('rg', [hubResource('h'), otherResource('photos')], [otherResource('photos')]),
      foundHub('h', { count: 2, foreign: 1, group: 'other' }),
      foundDevice('d', hubLocation('h', 'other')),
      foundCertificate('CA', hubLocation('h', 'other')),
    ]);
    expect(confirmation.question).toBe('Delete 1 resource group and 1 hub?');
    expect(confirmation.detail).toContain(
      'Not created with IoT Hub Workbench on this computer: photos (Microsoft.Storage/storageAccounts)',
    );
    expect(confirmation.detail).toContain(
      'with 2 devices (1 not registered on this computer), certificates, and retained messages.',
    );
  });
});
