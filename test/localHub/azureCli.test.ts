import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointEnvironment } from '../../src/localHub/cli/exec';
import { makeCertificate, type TestCertificate } from '../support/x509';
import { azureCli, clientEnvironment, missingAzureCli } from './support/azureCli';
import { makeTemporaryFolder, startTestHub, type TestHub } from './support/hub';
import { run } from './support/mosquitto';

let hub: TestHub;
let authority: TestCertificate;
let execute: ReturnType<typeof azureCli>;
const folder = makeTemporaryFolder();
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  if (missingAzureCli !== undefined) return;
  hub = await startTestHub({ armPhaseMs: 50 });
  execute = azureCli(hub.endpoints, folder);
  authority = await makeCertificate({ commonName: 'Tutorial CA', isAuthority: true });
  fs.writeFileSync(file('ca.pem'), authority.pem);
});
afterAll(async () => {
  await hub?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A command in one line; its JSON output. */
async function az(command: string, ...more: readonly string[]): Promise<unknown> {
  const { code, output } = await execute([...command.split(' '), ...more]);
  expect(code, `az ${command}: ${output}`).toBe(0);
  return output.trim() === '' ? undefined : (JSON.parse(output) as unknown);
}

const ofHub = '--hub-name my-hub --resource-group tutorial';
const missing = missingAzureCli === undefined ? '' : ` (skipped: ${missingAzureCli})`;

// Each step uses what the steps before it created, as in a tutorial.
describe.skipIf(missing !== '')(`The Azure CLI${missing}`, () => {
  it('runs the commands of the README: registers the cloud, authenticates, and creates a group and a hub', async () => {
    const readme = fs.readFileSync('src/localHub/README.md', 'utf8').split('## Azure CLI')[1] ?? '';
    const commands =
      readme.split('```')[1]?.replace(/^sh\n/, '').replace('$(mktemp -d)', file('azure')) ?? '';
    const { code, output } = await execute(['-ec', commands], endpointEnvironment(hub.endpoints), 'sh');
    expect(code, output).toBe(0);
    expect(output.split(/^(?=[[{])/m).map((text) => JSON.parse(text) as unknown)).toMatchObject([
      [
        {
          environmentName: 'LocalHub',
          id: hub.endpoints.subscriptionId,
          name: 'Local Hub',
          state: 'Enabled',
        },
      ],
      { location: 'westus', properties: { provisioningState: 'Succeeded' } },
      {
        location: 'westus',
        identity: { type: 'None' },
        sku: { name: 'S1' },
        properties: { provisioningState: 'Succeeded', state: 'Active' },
      },
    ]);
    const connection = (await az('iot hub show-connection-string --name my-hub')) as Record<string, string>;
    expect(connection.connectionString).toMatch(/^HostName=[^;]+;SharedAccessKeyName=iothubowner;/);
  });

  it('also reads the cloud from its metadata, without registration', async () => {
    const metadata = `${hub.endpoints.armEndpoint}/metadata/endpoints?api-version=2019-05-01`;
    // With this variable, az requires the folder to exist.
    fs.mkdirSync(file('other'));
    const { output } = await execute(['cloud', 'list'], {
      ARM_CLOUD_METADATA_URL: metadata,
      AZURE_CONFIG_DIR: file('other'),
    });
    expect(JSON.parse(output)).toMatchObject([
      { name: 'LocalHub', isActive: true, endpoints: { resourceManager: `${hub.endpoints.armEndpoint}/` } },
    ]);
  });

  it('uploads a CA certificate and proves its possession', async () => {
    const certificate = `--hub-name my-hub --name tutorial-ca`;
    await az(`iot hub certificate create ${certificate} --path ${file('ca.pem')}`);
    const { value } = (await az('iot hub certificate list --hub-name my-hub')) as {
      value: { name: string; etag: string; properties: { isVerified: boolean } }[];
    };
    expect(value).toMatchObject([{ name: 'tutorial-ca', properties: { isVerified: false } }]);
    const withCode = (await az(
      `iot hub certificate generate-verification-code ${certificate} --etag`,
      value[0]?.etag ?? '',
    )) as { etag: string; properties: { verificationCode: string } };
    const { verificationCode } = withCode.properties;
    const proof = await makeCertificate({ commonName: verificationCode, issuer: authority });
    fs.writeFileSync(file('proof.pem'), proof.pem);
    expect(
      await az(`iot hub certificate verify ${certificate} --path ${file('proof.pem')} --etag`, withCode.etag),
    ).toMatchObject({ properties: { isVerified: true, subject: 'CN=Tutorial CA' } });
  });

  it('updates the hub, with the entity tag in its own form', async () => {
    expect(await az('iot hub update --name my-hub --retention-day 2 --set tags.stage=test')).toMatchObject({
      tags: { stage: 'test' },
      properties: { eventHubEndpoints: { events: { retentionTimeInDays: 2 } } },
    });
  });

  it('creates and lists policies, routes, enrichments and consumer groups', async () => {
    await az(`iot hub policy create ${ofHub} --name reader --permissions RegistryRead`);
    expect(await az(`iot hub policy list --hub-name my-hub`)).toContainEqual(
      expect.objectContaining({ keyName: 'reader', rights: 'RegistryRead' }),
    );
    const route = { name: 'hot', source: 'devicemessages', condition: 'level = "high"', isEnabled: true };
    await az(
      `iot hub route create ${ofHub} --route-name hot --source-type devicemessages --endpoint-name events --condition`,
      route.condition,
    );
    await az(
      `iot hub message-enrichment create --name my-hub --key site --value north --endpoints events -g tutorial`,
    );
    expect(await az(`iot hub route list ${ofHub}`)).toMatchObject([route]);
    expect(await az(`iot hub route test ${ofHub} --route-name hot --ap`, '{"level":"high"}')).toMatchObject({
      result: 'true',
    });
    await az(`iot hub consumer-group create ${ofHub} --name mine`);
    expect(await az(`iot hub consumer-group list ${ofHub}`)).toMatchObject([
      { name: '$Default' },
      { name: 'mine' },
    ]);
  });

  it('shows and lists hubs with everything that was changed', async () => {
    expect(await az('iot hub show --name my-hub')).toMatchObject({
      tags: { stage: 'test' },
      properties: { routing: { enrichments: [{ key: 'site', value: 'north', endpointNames: ['events'] }] } },
    });
    expect(await az('resource list --resource-group tutorial')).toMatchObject([{ name: 'my-hub' }]);
  });

  it('deletes hubs and resource groups', async () => {
    await az('iot hub create --name az-second --resource-group tutorial --sku F1 --partition-count 2');
    await az('iot hub delete --name az-second');
    await az('group delete --name tutorial --yes');
    expect(await az('iot hub list')).toMatchObject([{ name: 'local-hub' }]);
  });

  it('reports what the local hub does not support', async () => {
    const { code, output } = await execute(['iot', 'dps', 'list']);
    expect(code).toBe(1);
    expect(output).toContain('(NotImplemented) The local hub does not support GET');
  });
});

const pythonScript = `
import os
from azure.identity import DefaultAzureCredential
from azure.mgmt.iothub import IotHubClient
from azure.mgmt.resource import ResourceManagementClient

options = dict(base_url=os.environ["ARM"], credential_scopes=["https://management.azure.com/.default"])
parameters = (DefaultAzureCredential(), os.environ["SUBSCRIPTION"])
groups = ResourceManagementClient(*parameters, **options).resource_groups
groups.create_or_update("python", {"location": "germanywestcentral"})
hubs = IotHubClient(*parameters, **options).iot_hub_resource
hub = {"location": "germanywestcentral", "sku": {"name": "S1", "capacity": 1}}
made = hubs.begin_create_or_update("python", "python-hub", hub).result()
made.tags = {"made": "with Python"}
made = hubs.begin_create_or_update("python", "python-hub", made, if_match=made.etag).result()
print(made.name, made.properties.state, made.identity.type, made.tags["made"])
groups.begin_delete("python").result()
print(groups.check_existence("python"))
`;

// The package of the Azure CLI depends on these.
describe.skipIf(missing !== '')(`Debian's Azure SDK for Python${missing}`, () => {
  it('authenticates with DefaultAzureCredential and creates, updates and deletes a hub', async () => {
    const { armEndpoint, subscriptionId } = hub.endpoints;
    const { code, output } = await run('/usr/bin/python3', ['-'], pythonScript, 120_000, {
      ...clientEnvironment(hub.endpoints),
      ARM: armEndpoint,
      SUBSCRIPTION: subscriptionId,
    });
    expect([code, output.trim().split('\n')]).toEqual([0, ['python-hub Active None with Python', 'False']]);
  });
});
