import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursAndMinutes } from '../../../src/core/base/durations';
import { levelOf, meterBytes, nextResetAt, stateText, tierText } from '../../../src/core/hub/hubOverview';
import { type HubRoute, type HubRouting } from '../../../src/core/hub/hubSettings';
import { routeConditionHint, routeConditionProblem } from '../../../src/core/hub/routeCondition';
import { removalEffect, routingEffect } from '../../../src/core/hub/routingEffect';

describe('The daily quota', () => {
  it.each([
    [0, 8_000, 'fine'],
    [6_399, 8_000, 'fine'],
    [6_400, 8_000, 'warning'],
    [7_999, 8_000, 'warning'],
    [8_000, 8_000, 'usedUp'],
    [9_000, 8_000, 'usedUp'],
    [500, 0, 'fine'],
    [1, 1, 'usedUp'],
  ])('%i of %i is %s', (used, limit, level) => {
    expect(levelOf(used, limit)).toBe(level);
  });

  it('resets at midnight UTC', () => {
    const now = Date.parse('2026-11-25T20:47:30Z');
    expect(new Date(nextResetAt(now)).toISOString()).toBe('2026-11-26T00:00:00.000Z');
    expect(hoursAndMinutes(nextResetAt(now) - now)).toBe('3 h 12 min');
    const midnight = Date.parse('2026-11-25T00:00:00Z');
    expect(nextResetAt(midnight) - midnight).toBe(86_400_000);
  });

  it('counts each half kilobyte of a free hub, and each four kilobytes of the others', () => {
    expect([meterBytes('Free'), meterBytes('Basic'), meterBytes('Standard')]).toEqual([512, 4_096, 4_096]);
  });
});

describe('The tier of a hub', () => {
  it('is described in text', () => {
    expect(tierText({ name: 'F1', tier: 'Free', units: 1 })).toBe('Free (F1), 1 unit');
    expect(tierText({ name: 'S2', tier: 'Standard', units: 3 })).toBe('Standard (S2), 3 units');
    expect(stateText('Active')).toBe('Active');
    expect(stateText('ActivationFailed')).toBe('Activation failed');
  });
});

describe('The condition of a route', () => {
  it.each([
    'true',
    "level = 'storage'",
    'level="storage" AND NOT alert',
    "processingPath = 'hot path' OR (temperature >= 30 AND $body.humidity < -1.5e2)",
    "$body.Weather.Temperature = 50 AND $body.Weather['Time'] = 'x'",
    "STARTSWITH(deviceType, 'pump') AND IS_DEFINED($twin.tags.site)",
    "$connectionDeviceId IN ['a', 'b']",
    "site NOT IN ['a']",
    'a + b * 2 > c % 3',
    "name = 'it''s'",
    '{Content Type} = 1',
    'NOW() > 3',
    '$body.items[0].value > 1',
    '[1, 2][0] = 1',
  ])('can be %s', (condition) => {
    expect(routeConditionProblem(condition)).toBeUndefined();
  });

  it.each([
    ['', /Enter a condition/],
    ['  ', /Enter a condition/],
    ["SELECT * FROM devices WHERE level = 'x'", /without SELECT/],
    ["WHERE level = 'x'", /without SELECT/],
    ["level == 'x'", /"=" instead of "=="/],
    ["level = 'x' && alert", /AND instead/],
    ['!alert', /NOT instead/],
    ["level = 'x", /starts with ' and is not closed/],
    ['level = “x”', /straight quotation mark/],
    ['(level = 1', /"\)" is missing at the end/],
    ['level = 1)', /no matching opening bracket/],
    ['a[1', /"\]" is missing/],
    ['(a]', /no matching opening bracket/],
    ['level = ', /value is missing after "="/],
    ['= 1', /value is missing before "="/],
    ['level 1', /operator such as = or AND is missing before "1"/],
    ["'a' (b)", /operator/],
    ['a, b', /only inside brackets/],
    ['f(, a)', /missing before ","/],
    ['f(a, )', /missing before "\)"/],
    ['level = 1 ; drop', /cannot contain ";"/],
    ['x'.repeat(4_001), /4,000/],
  ])('cannot be %s', (condition, reason) => {
    expect(routeConditionProblem(condition)).toMatch(reason);
  });

  it('is checked without an exception, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => routeConditionProblem(text)).not.toThrow();
      }),
    );
  });

  it('includes a hint about routing on message bodies', () => {
    expect(routeConditionHint('$body.x > 1')).toMatch(/application\/json/);
    expect(routeConditionHint("level = 'x'")).toBeUndefined();
  });
});

const route = (change: Partial<HubRoute> = {}): HubRoute => ({
  name: 'r',
  source: 'DeviceMessages',
  condition: 'true',
  endpoints: ['events'],
  isEnabled: true,
  ...change,
});
const routing = (routes: readonly HubRoute[], isFallbackOn: boolean): HubRouting => ({
  routes,
  isFallbackOn,
  endpoints: [],
});

describe('The effect of routes on messages', () => {
  it.each<[string, HubRouting, boolean, RegExp]>([
    ['only the fallback route', routing([], true), false, /^All device messages/],
    ['no routes', routing([], false), true, /monitoring receives no device messages.*dropped/],
    [
      'a route for some messages',
      routing([route({ condition: 'a = 1' })], false),
      true,
      /match no route are dropped/,
    ],
    ['a route for all messages', routing([route()], false), false, /every message to the built-in/],
    [
      'a route for all messages to another endpoint',
      routing([route({ endpoints: ['store'] })], true),
      true,
      /Route "r" matches every message/,
    ],
    [
      'a route for some messages to another endpoint',
      routing([route({ endpoints: ['store'], condition: 'a = 1' })], true),
      false,
      /match no route go to the built-in/,
    ],
    [
      'a disabled route',
      routing([route({ isEnabled: false })], false),
      true,
      /monitoring receives no device messages/,
    ],
    [
      'a route for another source',
      routing([route({ source: 'TwinChangeEvents' })], false),
      true,
      /monitoring receives no device messages/,
    ],
  ])('is described for %s', (_, given, isWarning, text) => {
    const effect = routingEffect(given);
    expect(effect.text).toMatch(text);
    expect(effect.isWarning).toBe(isWarning);
  });

  it('is described before a route is removed', () => {
    expect(removalEffect(routing([route()], true), 'r')).toMatch(/go to the built-in endpoint/);
    expect(removalEffect(routing([route()], false), 'r')).toMatch(/are dropped/);
    expect(removalEffect(routing([route({ source: 'TwinChangeEvents' })], false), 'r')).toMatch(
      /no longer sent anywhere/,
    );
  });
});
