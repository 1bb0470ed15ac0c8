import fs from 'node:fs';
import type { LocalHubEndpoints } from '../../../src/localHub/control/contract';
import { run } from './mosquitto';

export type PythonClient = 'azure-eventhub' | 'uamqp' | 'qpid-proton';

const packages = '/usr/lib/python3/dist-packages';
const modules: Readonly<Record<PythonClient, readonly [module: string, debianPackage: string][]>> = {
  'azure-eventhub': [
    ['azure/eventhub', 'python3-azure'],
    ['websocket', 'python3-websocket'],
  ],
  uamqp: [['uamqp', 'python3-uamqp']],
  'qpid-proton': [['proton', 'python3-qpid-proton']],
};

/** Why the tests of a client are skipped, as part of their title; empty if they are not. */
export function missingClient(client: PythonClient): string {
  const missing = modules[client].filter(([module]) => !fs.existsSync(`${packages}/${module}/__init__.py`));
  return missing.length === 0
    ? ''
    : ` (skipped: Debian's package ${missing.map(([, name]) => name).join(' and ')} is not installed)`;
}

/** Each program reads `count` events of a partition from the beginning, and the properties of the event hub. */
const programs: Readonly<Record<PythonClient, string>> = {
  'azure-eventhub': `
from azure.eventhub import EventHubConsumerClient, EventHubSharedKeyCredential
from azure.eventhub._pyamqp.sasl import SASLTransport

web_sockets = wanted['transport'] == 'WebSockets'
if wanted['port'] != 5671:
    # Over TCP the client has no option for another port.
    SASLTransport.__init__.__kwdefaults__['port'] = wanted['port']
client = EventHubConsumerClient(
    wanted['host'], wanted['eventHub'], '$Default', EventHubSharedKeyCredential(wanted['policy'], wanted['key']),
    connection_verify=wanted['ca'], retry_total=0,
    **({'custom_endpoint_address': f"sb://{wanted['host']}:{wanted['port']}"} if web_sockets and wanted['port'] != 443 else {}))

def on_event(context, event):
    bodies.append(event.body_as_str())
    if len(bodies) == wanted['count']:
        client.close()

def on_error(context, error):
    print(repr(error), flush=True)
    client.close()

with client:
    properties = client.get_eventhub_properties()
    client.receive(on_event=on_event, on_error=on_error, partition_id=wanted['partition'], starting_position='-1')
report(properties['eventhub_name'], properties['partition_ids'])
`,
  uamqp: `
import time, uamqp, uamqp.address
from uamqp.authentication import SASTokenAuth

web_sockets = wanted['transport'] == 'WebSockets'

def authentication(uri):
    return SASTokenAuth.from_shared_access_key(
        uri, wanted['policy'], wanted['key'], hostname='localhost', port=wanted['port'], verify=wanted['ca'],
        transport_type=uamqp.TransportType.AmqpOverWebsocket if web_sockets else uamqp.TransportType.Amqp)

hub = 'amqps://localhost/' + wanted['eventHub']
manager = uamqp.AMQPClient(hub, auth=authentication(hub))
manager.open()
while not manager.client_ready():
    time.sleep(0.02)
properties = manager.mgmt_request(
    uamqp.Message(application_properties={'name': wanted['eventHub']}), b'READ', op_type=b'com.microsoft:eventhub',
    status_code_field=b'status-code', description_fields=b'status-description').get_data()
manager.close()

partition = hub + '/ConsumerGroups/$Default/Partitions/' + wanted['partition']
source = uamqp.address.Source(partition)
source.set_filter(b"amqp.annotation.x-opt-offset > '-1'")
receiver = uamqp.ReceiveClient(source, auth=authentication(partition), prefetch=10)
while len(bodies) < wanted['count']:
    bodies.extend(b''.join(message.get_data()).decode() for message in receiver.receive_message_batch(10, timeout=1000))
receiver.close()
report(properties[b'name'].decode(), [each.decode() for each in properties[b'partition_ids']])
`,
  'qpid-proton': `
from proton import Described, Message, SSLDomain, symbol
from proton.reactor import Filter
from proton.utils import BlockingConnection

trust = SSLDomain(SSLDomain.MODE_CLIENT)
trust.set_trusted_ca_db(wanted['ca'])
trust.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
connection = BlockingConnection(
    f"amqps://localhost:{wanted['port']}", ssl_domain=trust, user=wanted['policy'], password=wanted['key'],
    allowed_mechs='PLAIN', timeout=120)

# Both links have the name that the client derives from the address.
replies = connection.create_receiver('$management')
requests = connection.create_sender('$management')
requests.send(Message(id='1', reply_to='$management', properties={
    'operation': 'READ', 'type': 'com.microsoft:eventhub', 'name': wanted['eventHub']}))
properties = replies.receive(timeout=120).body

name = symbol('apache.org:selector-filter:string')
receiver = connection.create_receiver(
    wanted['eventHub'] + '/ConsumerGroups/$Default/Partitions/' + wanted['partition'], credit=10,
    options=Filter({name: Described(name, "amqp.annotation.x-opt-offset > '-1'")}))
while len(bodies) < wanted['count']:
    bodies.append(receiver.receive(timeout=120).body.decode())
connection.close()
report(properties['name'], list(properties['partition_ids'].elements))
`,
};

const prelude = `
import json, os, sys
wanted = json.loads(os.environ['WANTED'])
bodies = []

def report(name, partition_ids):
    print(json.dumps({'name': name, 'partitionIds': partition_ids, 'bodies': bodies}))
`;

export interface PythonReading {
  readonly name: string;
  readonly partitionIds: readonly string[];
  readonly bodies: readonly string[];
}

/** Runs an unmodified client with Debian's Python. */
export async function readWithPython(
  endpoints: Pick<
    LocalHubEndpoints,
    'hostName' | 'amqpPort' | 'httpsPort' | 'caFile' | 'eventHubConnectionString'
  >,
  client: PythonClient,
  transport: 'TLS' | 'WebSockets',
  count: number,
  partition = '0',
): Promise<PythonReading> {
  const part = (name: string): string =>
    new RegExp(`(?:^|;)${name}=([^;]*)`).exec(endpoints.eventHubConnectionString)?.[1] ?? '';
  const wanted = {
    transport,
    count,
    partition,
    host: endpoints.hostName,
    port: transport === 'TLS' ? endpoints.amqpPort : endpoints.httpsPort,
    ca: endpoints.caFile,
    eventHub: part('EntityPath'),
    policy: part('SharedAccessKeyName'),
    key: part('SharedAccessKey'),
  };
  const { code, output } = await run('/usr/bin/python3', ['-'], prelude + programs[client], 240_000, {
    WANTED: JSON.stringify(wanted),
  });
  const report = output.split('\n').find((line) => line.startsWith('{'));
  if (code !== 0 || report === undefined) {
    throw new Error(`${client} over ${transport} ended with ${code ?? 'a signal'}: ${output}`);
  }
  return JSON.parse(report) as PythonReading;
}
