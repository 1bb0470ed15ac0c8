import * as vscode from 'vscode';
import { commands } from '../../contributions';
import { type Finding } from '../../core/certificate/preflight';
import { IotError } from '../../core/errors';
import { certificateFilesOf, findingsOf } from '../../explorer/deviceLogin';
import { type NodeOf } from '../../explorer/nodes';
import { pickDevice } from '../../explorer/pickTarget';
import { type Services } from '../../services';
import { executeCommand } from '../../workbench/commands';
import { withProgress } from '../../workbench/progress';
import { pickOne } from '../../workbench/prompts';

type Needs = Pick<
  Services,
  'hubs' | 'registries' | 'devices' | 'authorities' | 'chosenCertificates' | 'hubCertificates' | 'log'
>;

const icons: Readonly<Record<Finding['severity'], string>> = {
  error: '$(error)',
  warning: '$(warning)',
  unknown: '$(question)',
};

/** Whether the hub would let the device in with its certificate, before anybody tries. */
export async function checkDeviceCertificate(services: Needs, node?: NodeOf<'device'>): Promise<void> {
  const { hub, device: summary } = await pickDevice(services, node, 'Check Device Certificate');
  const device = await (await services.registries.forHub(hub.id)).get(summary.deviceId);
  const target = { hub, connection: await services.hubs.connection(hub.id, []), device };
  const files = await certificateFilesOf(services, target);
  if (!files) {
    throw new IotError('invalidInput', `Device "${device.deviceId}" does not log in with a certificate.`);
  }
  const findings = await withProgress(`Checking the certificate of ${device.deviceId}`, () =>
    findingsOf(services, target, files),
  );
  if (findings.length === 0) {
    void vscode.window.showInformationMessage(
      `The certificate of "${device.deviceId}" is in order: ${hub.name} will let it in.`,
    );
    return;
  }
  const chosen = await pickOne<Finding>({
    title: `Certificate of ${device.deviceId} on ${hub.name}`,
    placeholder: `${findings.length === 1 ? 'One finding' : `${findings.length} findings`}. Enter on one does what helps, where something does.`,
    choices: findings.map((finding) => ({
      label: `${icons[finding.severity]} ${finding.sentence}`,
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
