import * as l10n from '@vscode/l10n';
import { commands } from '../../contributions';
import { formatCount } from '../../core/base/numbers';
import { type Finding } from '../../core/certificate/preflight/index';
import { IotError } from '../../core/errors';
import { certificateFilesOf, findingsOf } from '../../explorer/deviceAuthentication';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { withProgress } from '../../workbench/progress';
import { pickOne } from '../../workbench/prompts';
import { showInformation } from '../../workbench/notifications';

type Needs = Pick<
  Services,
  | 'hubs'
  | 'registries'
  | 'devices'
  | 'authorities'
  | 'chosenCertificates'
  | 'certificateWork'
  | 'hubCertificates'
  | 'log'
>;

const icons: Readonly<Record<Finding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  unknown: 'question',
};

/** Checks whether the hub would accept the certificate of the device, without connecting. */
export async function checkDeviceCertificate(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device: summary } = await pickDevice(services, node, l10n.t('Check Device Certificate'));
  const device = await (await services.registries.forHub(hub.id)).get(summary.deviceId);
  const target = { hub, connection: await services.hubs.connection(hub.id, []), device };
  const files = await certificateFilesOf(services, target);
  if (!files) {
    throw new IotError(
      'invalidInput',
      l10n.t('Device "{0}" does not authenticate with a certificate.', device.deviceId),
    );
  }
  const findings = await withProgress(l10n.t('Checking the certificate of {0}', device.deviceId), () =>
    findingsOf(services, target, files),
  );
  if (findings.length === 0) {
    void showInformation(
      l10n.t('The certificate of "{0}" is valid. {1} will accept it.', device.deviceId, hub.name),
    );
    return;
  }
  const chosen = await pickOne<Finding>({
    title: l10n.t('Certificate of {0} on {1}', device.deviceId, hub.name),
    placeholder:
      findings.length === 1
        ? l10n.t('1 problem found. Select it to apply a fix, if available.')
        : l10n.t(
            '{0} problems found. Select one to apply a fix, if available.',
            formatCount(findings.length),
          ),
    choices: findings.map((finding) => ({
      icon: icons[finding.severity],
      label: finding.sentence,
      value: finding,
    })),
  });
  if (typeof chosen === 'symbol') return;
  const deviceNode = { kind: 'device', hubId: hub.id, device } as const;
  if (chosen.code === 'chainNotVerified' && chosen.hubCertificate) {
    const certificate = chosen.hubCertificate;
    await executeCommand(commands.verifyHubCertificate, {
      kind: 'hubCertificate',
      hubId: hub.id,
      certificate,
    });
  } else if (chosen.code === 'expired' || chosen.code === 'expiresSoon') {
    await executeCommand(commands.renewDeviceCertificate, deviceNode);
  } else if (chosen.code === 'deviceDisabled') {
    await executeCommand(commands.enableDevice, deviceNode);
  } else if (chosen.code === 'chainIncomplete') {
    await executeCommand(commands.uploadAndVerifyAuthority, { kind: 'certificateFolder', hubId: hub.id });
  }
}
