import { describe, expect, it } from 'vitest';
import { BlockedError, TransportFinder } from '../../../src/azure/mqtt/transportChoice';
import { type Transport } from '../../../src/core/message/deviceSession';
import { IotError } from '../../../src/core/errors';

/** Attempts that fail over closed transports, and the transports that were tried. */
function aNetwork() {
  const tried: Transport[] = [];
  const closed = new Set<Transport>();
  const attempt = async (transport: Transport) => {
    tried.push(transport);
    if (closed.has(transport)) throw new BlockedError('timeout', `No way by ${transport}.`);
    return transport;
  };
  return { tried, closed, attempt };
}

describe('Automatic transport selection', () => {
  it('selects MQTT and keeps it', async () => {
    const { tried, attempt } = aNetwork();
    const finder = new TransportFinder('auto', 443);
    expect([await finder.connect(attempt), await finder.connect(attempt)]).toEqual(['mqtt', 'mqtt']);
    expect(tried).toEqual(['mqtt', 'mqtt']);
  });

  it('switches to WebSockets when MQTT is blocked, and keeps them', async () => {
    const { tried, closed, attempt } = aNetwork();
    closed.add('mqtt');
    const finder = new TransportFinder('auto', 443);
    await finder.connect(attempt);
    await finder.connect(attempt);
    expect(tried).toEqual(['mqtt', 'webSocket', 'webSocket']);
  });

  it('selects again when the working transport stays blocked, as after a change of networks', async () => {
    const { tried, closed, attempt } = aNetwork();
    const finder = new TransportFinder('auto', 443);
    await finder.connect(attempt);
    closed.add('mqtt');
    for (let turn = 0; turn < 3; turn++) await expect(finder.connect(attempt)).rejects.toThrow(/mqtt/);
    expect(await finder.connect(attempt)).toBe('webSocket');
    expect(tried).toEqual(['mqtt', 'mqtt', 'mqtt', 'mqtt', 'mqtt', 'webSocket']);
  });

  it('does not treat a refusal as a blocked port', async () => {
    const finder = new TransportFinder('auto', 443);
    const tried: Transport[] = [];
    const refuse = async (transport: Transport) => {
      tried.push(transport);
      throw new IotError('refused', 'The hub refused it.');
    };
    await expect(finder.connect(refuse)).rejects.toThrow('refused');
    expect(tried).toEqual(['mqtt']);
  });

  it('reports both reasons when both transports are blocked', async () => {
    const { closed, attempt } = aNetwork();
    closed.add('mqtt').add('webSocket');
    await expect(new TransportFinder('auto', 443).connect(attempt)).rejects.toThrow(
      /Neither MQTT nor MQTT over WebSockets.*by mqtt\. .*by webSocket/,
    );
  });

  it('suggests WebSockets when only MQTT is selected and it is blocked', async () => {
    const { closed, attempt } = aNetwork();
    closed.add('mqtt');
    await expect(new TransportFinder('mqtt', 443).connect(attempt)).rejects.toThrow(
      /WebSockets \(port 443\) may work/,
    );
  });
});
