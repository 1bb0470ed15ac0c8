import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actionOf } from '../../src/localHub/arm/actions';

describe('docs/azure.md', () => {
  const text = readFileSync('docs/azure.md', 'utf8');
  const [, permissions = ''] = /## Required permissions\n(.*?)\n## /s.exec(text) ?? [];
  const named = new Set(
    [...permissions.matchAll(/`((?:…|Microsoft\.)[^`]+)`/g)].map(([, action = '']) =>
      action.replace('…', 'Microsoft.Devices/IotHubs').toLowerCase(),
    ),
  );
  const calls = [...text.matchAll(/^\| (PUT|POST|DELETE)\s+\| `([^`]+)`/gm)];

  it('lists calls that modify resources', () => {
    expect(calls.length).toBeGreaterThan(9);
  });

  it.each(calls.map(([, method = '', path = '']) => [method, path]))(
    'lists the permission of %s %s',
    (method, path) => {
      const action = actionOf(method, path.split('/').slice(1)).toLowerCase();
      expect([...named]).toContain(action);
    },
  );
});
