// The same load for each peer: 256-byte messages at QoS 1, a hundred in flight, read by one consumer.
const window = 100;
const size = 256;
const stallMs = 20_000;

/**
 * @param {import('./peers.mjs').Peer} peer
 * @param {number} count messages
 */
export async function measure(peer, count) {
  const sentAt = new Float64Array(count);
  const lag = [];
  const seen = new Uint8Array(count);
  let received = 0;
  let repeated = 0;
  let allReceived;
  const complete = new Promise((resolve) => (allReceived = resolve));
  const stop = await peer.consume((body) => {
    const number = Buffer.from(body).readUInt32BE(0);
    if (seen[number]) repeated++;
    seen[number] = 1;
    lag.push(performance.now() - sentAt[number]);
    if (++received === count) allReceived(performance.now());
  });
  const client = await peer.connect();
  const from = performance.now();
  let next = 0;
  await new Promise((resolve, reject) => {
    let acknowledged = 0;
    const send = () => {
      if (next >= count) return;
      const number = next++;
      const body = Buffer.alloc(size, 0x61);
      body.writeUInt32BE(number, 0);
      sentAt[number] = performance.now();
      client.publish(peer.topic, body, { qos: 1 }, (error) => {
        if (error) reject(error);
        else if (++acknowledged === count) resolve();
        else send();
      });
    };
    for (let i = 0; i < window; i++) send();
  });
  const acknowledgedMs = performance.now() - from;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${received} of ${count} messages arrived.`)), stallMs);
  });
  const receivedMs = (await Promise.race([complete, late])) - from;
  clearTimeout(timer);
  await client.endAsync();
  await stop();
  if (repeated) throw new Error(`${repeated} messages arrived twice.`);
  lag.sort((a, b) => a - b);
  return {
    acknowledgedPerSecond: (count / acknowledgedMs) * 1000,
    receivedPerSecond: (count / receivedMs) * 1000,
    lagP50Ms: lag[Math.floor(lag.length * 0.5)],
    lagP99Ms: lag[Math.floor(lag.length * 0.99)],
  };
}
