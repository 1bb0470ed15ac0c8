import * as vscode from 'vscode';
import type { DeviceListLine } from '../../core/certificate/deviceList/index';
import { IotError } from '../../core/errors';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { confirm, noBack, pickOne } from '../../workbench/prompts';
import { askIssuer, askKeyProtection } from './askIssuer';
import { issueBatch, type BatchNeeds } from './issueBatch';
import { openIssuer } from './issuing';

type Needs = BatchNeeds & Pick<Services, 'hubs' | 'hubCertificates'>;

const title = 'Create X.509 Devices from File';

/** One CA-signed device for each line of a file. */
export async function createX509Devices(services: Needs, node?: Node): Promise<void> {
  const hub = await pickHub(services, node, { title, needs: 'manageDevices', placeholder: 'On which hub?' });
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Device ids: one a line, or the first column of a CSV file',
      openLabel: 'Create Devices',
      filters: { 'Lists of devices': ['csv', 'txt', 'tsv'], 'All files': ['*'] },
    })) ?? [];
  if (!file) return;
  const { parseDeviceList } = await import('../../core/certificate/deviceList/index');
  const lines = parseDeviceList(Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8'));
  const good = await dropInvalidLines(lines);
  const mode = noBack(
    await pickOne<'register' | 'registerAndIssueToExisting'>({
      title,
      placeholder: `${good.length} devices. What about those that are on ${hub.name} already?`,
      choices: [
        { label: 'Leave them as they are', value: 'register' },
        {
          label: 'Issue a certificate to them too',
          description: 'when they are registered as CA-signed',
          value: 'registerAndIssueToExisting',
        },
      ],
    }),
  );
  const position = { title, step: 1, totalSteps: 2, canGoBack: false };
  const choice = noBack(await askIssuer(services, position, { hub, mayBeSelfSigned: false }));
  const { passphrase } = noBack(
    await askKeyProtection({ ...position, step: 2 }, 'the private key of each device'),
  );
  await confirm(
    `Create ${good.length} X.509 devices on ${hub.name}?`,
    `${choice.kind === 'authority' ? `Each gets a certificate of "${choice.authority.name}". ` : ''}Certificates and keys are kept in the folder of the authority, with a file that says what became of each device. It can be cancelled; a second run with the same file does the rest.`,
    'Create',
  );
  const issuer = await openIssuer(services, choice);
  const { hostName } = await services.hubs.connection(hub.id, []);
  const deviceIds = good.map(({ deviceId }) => deviceId);
  await issueBatch(services, { hub, hostName, deviceIds, choice, issuer, passphrase, mode });
}

async function dropInvalidLines(lines: readonly DeviceListLine[]): Promise<readonly DeviceListLine[]> {
  const bad = lines.filter(({ problem }) => problem !== undefined);
  const good = lines.filter(({ problem }) => problem === undefined);
  const [first] = bad;
  if (!first) return good;
  if (good.length === 0) {
    throw new IotError(
      'invalidInput',
      `No line holds a device id. Line ${first.line}: ${first.problem ?? ''}`,
    );
  }
  const shown = bad
    .slice(0, 10)
    .map(({ line, deviceId, problem }) => `Line ${line}, "${deviceId}": ${problem ?? ''}`);
  await confirm(
    `${bad.length} of ${lines.length} lines cannot be taken. Go on with the other ${good.length}?`,
    [...shown, ...(bad.length > shown.length ? [`and ${bad.length - shown.length} more`] : [])].join('\n'),
    'Go On',
  );
  return good;
}
