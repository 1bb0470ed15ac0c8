import { describe, expect, it } from 'vitest';
import { parseCliOptions } from '../../../src/localHub/cli/options';
import { hostWithPort, httpsOrigin } from '../../../src/localHub/hostText';
import { candidateAddresses } from '../../../src/localHub/ownAddress';

const standard = { https: 443, mqtt: 8883, amqp: 5671, amqpPlain: 5672 };

describe('The host name of a hub', () => {
  it('has no port if the standard ports are its own', () => {
    expect(hostWithPort({ hostName: 'localhost', ports: standard })).toBe('localhost');
    expect(hostWithPort({ hostName: '127.0.0.2', ports: { ...standard, amqpPlain: 0 } })).toBe('127.0.0.2');
    expect(httpsOrigin({ hostName: 'localhost', ports: standard })).toBe('https://localhost');
  });

  it.each([
    ['https', 8443],
    ['mqtt', 1883],
    ['amqp', 5673],
  ])('has the port for all protocols if its port for %s is %s', (name, port) => {
    const place = { hostName: 'localhost', ports: { ...standard, [name]: port } };
    expect(hostWithPort(place)).toBe(`localhost:${place.ports.https}`);
  });

  it('is an address, the preferred one first and each once', () => {
    const usual = [...candidateAddresses('/data/hubs/a')];
    expect([...candidateAddresses('/data/hubs/a', '127.0.0.7')]).toEqual(['127.0.0.7', ...usual]);
    expect([...candidateAddresses('/data/hubs/a', usual[5])]).toEqual([
      usual[5],
      ...usual.filter((_, i) => i !== 5),
    ]);
    expect(new Set(usual).size).toBe(100);
    for (const address of usual) expect(address).toMatch(/^127\.0\.([2-9]|\d\d+)\.([2-9]|\d\d+)$/);
    const [other] = candidateAddresses('/other/hubs/a');
    expect(usual).not.toContain(other);
  });

  it('is chosen by an option', () => {
    expect(parseCliOptions([])).toMatchObject({ hubAddresses: 'auto' });
    expect(parseCliOptions(['--hub-addresses', 'off'])).toMatchObject({ hubAddresses: 'off' });
    expect(() => parseCliOptions(['--hub-addresses', 'on'])).toThrow(
      "--hub-addresses must be auto or off, not 'on'.",
    );
  });
});
