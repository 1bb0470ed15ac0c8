import { describe, expect, it } from 'vitest';
import { configuredProxy, proxyFor, type ProxySettings } from '../../../src/core/mqtt/webProxy';

const none: ProxySettings = { proxy: '', noProxy: [], isOff: false, environment: {} };
const hub = 'myhub.azure-devices.net';

describe('WebSocket proxy', () => {
  it.each([
    ['none', none, undefined],
    ['http.proxy', { ...none, proxy: 'http://proxy:3128' }, 'http://proxy:3128'],
    ['a proxy without a scheme', { ...none, proxy: 'proxy:3128' }, 'http://proxy:3128'],
    ['the environment', { ...none, environment: { HTTPS_PROXY: 'http://env:1' } }, 'http://env:1'],
    [
      'the environment in lowercase',
      { ...none, environment: { https_proxy: 'http://env:1' } },
      'http://env:1',
    ],
    ['both', { ...none, proxy: 'http://p:1', environment: { HTTPS_PROXY: 'http://env:1' } }, 'http://p:1'],
    ['proxy support turned off', { ...none, proxy: 'http://p:1', isOff: true }, undefined],
    ['an exempt domain', { ...none, proxy: 'http://p:1', noProxy: ['azure-devices.net'] }, undefined],
    ['an exempt wildcard', { ...none, proxy: 'http://p:1', noProxy: ['*.azure-devices.net'] }, undefined],
    ['everything exempt', { ...none, proxy: 'http://p:1', noProxy: ['*'] }, undefined],
    ['another exempt port', { ...none, proxy: 'http://p:1', noProxy: [`${hub}:8443`] }, 'http://p:1'],
    ['the exempt port', { ...none, proxy: 'http://p:1', noProxy: [`${hub}:443`] }, undefined],
    [
      'a name with only the same ending',
      { ...none, proxy: 'http://p:1', noProxy: ['vices.net'] },
      'http://p:1',
    ],
    [
      'NO_PROXY',
      { ...none, environment: { HTTPS_PROXY: 'http://e:1', NO_PROXY: 'a, .azure-devices.net' } },
      undefined,
    ],
  ])('with %s', (_, settings, proxy) => expect(proxyFor(hub, 443, settings)).toBe(proxy));

  it.each(['localhost', '127.0.0.1', '::1', 'x.localhost'])('is never used for %s', (host) => {
    expect(proxyFor(host, 443, { ...none, proxy: 'http://p:1' })).toBeUndefined();
  });

  it('is known for addresses of this computer, which VS Code also sends through it', () => {
    const settings = { ...none, proxy: 'http://p:1' };
    expect(configuredProxy('127.0.0.2', 443, settings)).toBe('http://p:1');
    expect(configuredProxy('127.0.0.2', 443, { ...settings, noProxy: ['127.0.0.2'] })).toBeUndefined();
    expect(configuredProxy('127.0.0.2', 443, { ...settings, isOff: true })).toBeUndefined();
  });
});
