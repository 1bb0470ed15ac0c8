// Uses one old client as its documentation shows. WANTED describes what; the trust in the CA comes from the environment.
const { createRequire } = require('node:module');

const wanted = JSON.parse(process.env.WANTED);
const load = createRequire(`${wanted.folder}/package.json`);
const { host, deviceId, key, certificate } = wanted;
/** A call whose last argument is a callback. */
const call = (object, method, ...args) =>
  new Promise((resolve, reject) => {
    object[method](...args, (error, result) => (error ? reject(error) : resolve(result)));
  });

const uses = {
  device: async (device, transport) => {
    const { Client, Message } = load(device);
    const { Mqtt } = load(transport);
    const secret = certificate ? 'x509=true' : `SharedAccessKey=${key}`;
    const client = Client.fromConnectionString(`HostName=${host};DeviceId=${deviceId};${secret}`, Mqtt);
    if (certificate) await call(client, 'setOptions', certificate);
    await call(client, 'open');
    const message = new Message(JSON.stringify(wanted.body));
    message.properties.add('place', 'Zürich');
    await call(client, 'sendEvent', message);
    await call(client, 'close');
  },
  mqtt: async (name) => {
    const client = load(name).connect(`mqtts://${host}:8883`, {
      clientId: deviceId,
      username: `${host}/${deviceId}/?api-version=2016-11-14`,
      reconnectPeriod: 0,
      ...(certificate ?? { password: wanted.token }),
    });
    await new Promise((resolve, reject) => {
      client.on('connect', resolve).on('error', reject).on('close', reject);
    });
    const topic = `devices/${deviceId}/messages/events/place=Z%C3%BCrich`;
    await call(client, 'publish', topic, JSON.stringify(wanted.body), { qos: 1 });
    client.removeAllListeners('close');
    await new Promise((resolve) => client.end(false, resolve));
  },
  registry: async (name) => {
    const registry = load(name).Registry.fromConnectionString(wanted.connectionString);
    await call(registry, 'create', { deviceId });
    const found = await call(registry, 'get', deviceId);
    await call(registry, 'delete', deviceId);
    return found.deviceId;
  },
  events: async (name) => {
    const { EventHubConsumerClient, EventHubClient, EventPosition } = load(name);
    const bodies = [];
    if (EventHubClient) {
      const client = EventHubClient.createFromConnectionString(wanted.connectionString, wanted.eventHub);
      const ids = await client.getPartitionIds();
      const options = { eventPosition: EventPosition.fromStart() };
      const receivers = [];
      await new Promise((resolve, reject) => {
        const onMessage = ({ body }) => {
          if (bodies.push(body) === wanted.count) resolve();
        };
        receivers.push(...ids.map((id) => client.receive(id, onMessage, reject, options)));
      });
      await Promise.all(receivers.map((receiver) => receiver.stop()));
      await client.close();
    } else {
      const client = new EventHubConsumerClient('$Default', wanted.connectionString);
      await new Promise((resolve, reject) => {
        client.subscribe(
          {
            processEvents: async (events) => {
              bodies.push(...events.map(({ body }) => body));
              if (bodies.length >= wanted.count) resolve();
            },
            processError: async (error) => reject(error),
          },
          { startPosition: { offset: '-1' } },
        );
      });
      await client.close();
    }
    return bodies.sort();
  },
};

uses[wanted.use](...wanted.packages).then(
  (result) => {
    console.log(`result ${JSON.stringify(result ?? null)}`);
    process.exit(0);
  },
  (error) => {
    console.log(error);
    process.exit(1);
  },
);
