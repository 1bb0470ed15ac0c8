import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { DeviceList, DeviceListLine } from '../../core/certificate/deviceList/index';
import { decodeFileText } from '../../core/base/decodeFileText';
import { formatCount } from '../../core/base/numbers';
import { IotError } from '../../core/errors';
import { type Node } from '../../explorer/nodes';
import { pickHub } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { confirm, noBack, pickOne } from '../../workbench/prompts';
import { askIssuer, askKeyProtection } from './askIssuer';
import { issueBatch, type BatchNeeds } from './issueBatch';
import { openIssuer } from './issuing';

type Needs = BatchNeeds & Pick<Services, 'hubs' | 'hubCertificates'>;

const maxShownProblems = 10;

/** Asks what the first line is if it looks unlike the others. */
async function withoutHeading(
  { lines, isFirstUnlike }: DeviceList,
  title: string,
): Promise<readonly DeviceListLine[]> {
  const [first, ...others] = lines;
  if (!isFirstUnlike || !first) return lines;
  const isHeading = noBack(
    await pickOne<boolean>({
      title,
      placeholder: l10n.t('The first line looks unlike the others. Select what "{0}" is.', first.deviceId),
      choices: [
        { label: l10n.t('The name of the column'), value: true },
        { label: l10n.t('A device ID'), value: false },
      ],
    }),
  );
  return isHeading ? others : lines;
}

/** Creates a CA-signed device for each line of a file. */
export async function createX509Devices(services: Needs, node?: Node): Promise<void> {
  const title = l10n.t('Create X.509 Devices from File');
  const hub = await pickHub(services, node, {
    title,
    needs: 'manageDevices',
    placeholder: l10n.t('Select the hub to create the devices on'),
  });
  const [file] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('Select a list of device IDs: one per line, or the first column of a CSV file'),
      openLabel: l10n.t('Create Devices'),
      filters: { [l10n.t('Device lists')]: ['csv', 'txt', 'tsv'], [l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (!file) return;
  const { parseDeviceList } = await import('../../core/certificate/deviceList/index');
  const list = parseDeviceList(decodeFileText(await vscode.workspace.fs.readFile(file)));
  const good = await dropInvalidLines(await withoutHeading(list, title));
  const mode = noBack(
    await pickOne<'register' | 'registerAndIssueToExisting'>({
      title,
      placeholder:
        good.length === 1
          ? l10n.t('1 device. Select what to do if it already exists on {0}.', hub.name)
          : l10n.t(
              '{0} devices. Select what to do with those that already exist on {1}.',
              formatCount(good.length),
              hub.name,
            ),
      choices: [
        { label: l10n.t('Skip existing devices'), value: 'register' },
        {
          label: l10n.t('Issue certificates to existing devices'),
          description: l10n.t('If they are registered as CA-signed'),
          value: 'registerAndIssueToExisting',
        },
      ],
    }),
  );
  const position = { title, step: 1, totalSteps: 2, canGoBack: false };
  const choice = noBack(await askIssuer(services, position, { hub, mayBeSelfSigned: false }));
  const { passphrase } = noBack(await askKeyProtection({ ...position, step: 2 }, undefined));
  await confirm(
    good.length === 1
      ? l10n.t('Create 1 X.509 device on {0}?', hub.name)
      : l10n.t('Create {0} X.509 devices on {1}?', formatCount(good.length), hub.name),
    [
      ...(choice.kind === 'authority'
        ? [l10n.t('Each device gets a certificate issued by "{0}".', choice.authority.name)]
        : []),
      l10n.t(
        'Certificates and keys are stored in the folder of the certificate authority, along with a file that lists the result for each device.',
      ),
      l10n.t('If you cancel, run the command again with the same file to process the remaining devices.'),
    ].join(' '),
    l10n.t('Create Devices'),
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
      l10n.t('No line contains a valid device ID. Line {0}: {1}', first.line, first.problem ?? ''),
    );
  }
  const shown = bad
    .slice(0, maxShownProblems)
    .map(({ line, deviceId, problem }) => l10n.t('Line {0}, "{1}": {2}', line, deviceId, problem ?? ''));
  const rest = bad.length - shown.length;
  await confirm(
    l10n.t(
      '{0} of {1} lines are not valid. Continue with the remaining {2}?',
      formatCount(bad.length),
      formatCount(lines.length),
      formatCount(good.length),
    ),
    [...shown, ...(rest > 0 ? [l10n.t('and {0} more', formatCount(rest))] : [])].join('\n'),
    l10n.t('Continue'),
  );
  return good;
}
