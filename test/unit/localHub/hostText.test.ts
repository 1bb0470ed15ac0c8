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
    const all = [...candidateAddresses('127.0.0.7')];
    expect(all.slice(0, 3)).toEqual(['127.0.0.7', '127.0.0.2', '127.0.0.3']);
    expect(new Set(all).size).toBe(all.length);
    expect([...candidateAddresses()].slice(0, 2)).toEqual(['127.0.0.2', '127.0.0.3']);
  });

  it('is chosen by an option', () => {
    expect(parseCliOptions([])).toMatchObject({ hubAddresses: 'auto' });
    expect(parseCliOptions(['--hub-addresses', 'off'])).toMatchObject({ hubAddresses: 'off' });
    expect(() => parseCliOptions(['--hub-addresses', 'on'])).toThrow(
      "--hub-addresses must be auto or off, not 'on'.",
    );
  });
});
