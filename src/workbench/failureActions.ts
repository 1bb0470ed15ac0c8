import * as l10n from '@vscode/l10n';
import { commands, settingsPrefix, type CommandArgs, type CommandId, type Settings } from '../contributions';
import { type FailureAction } from '../core/failureAction';

/** A button that runs a command. */
export interface CommandButton {
  readonly title: string;
  readonly command: CommandId | 'workbench.action.openSettings';
  readonly args: readonly unknown[];
}

/** The button of a command of this extension, with arguments that the command accepts. */
export const commandButton = <K extends CommandId>(
  title: string,
  command: K,
  ...args: CommandArgs[K]
): CommandButton => ({ title, command, args });

/** The button that may resolve a failure. */
export function failureButton(action: FailureAction): CommandButton {
  switch (action.kind) {
    case 'signIn':
      return commandButton(l10n.t('Sign In'), commands.signIn);
    case 'renewSession':
      return commandButton(l10n.t('Sign In'), commands.signInToTenant, {
        kind: 'failure',
        branch: 'tenant',
        message: '',
        signIn: action.session,
      });
    case 'chooseSubscriptions':
      return commandButton(l10n.t('Select Subscriptions…'), commands.chooseSubscriptions);
    case 'copyRoleAssignment':
      return commandButton(
        l10n.t('Copy az Command'),
        commands.copyRoleAssignmentCommand,
        { kind: 'hub', hubId: action.hubId },
        action.role,
      );
    case 'addHub':
      return commandButton(l10n.t('Add Hub'), commands.addHub);
    case 'createAuthority':
      return commandButton(l10n.t('Create Certificate Authority…'), commands.createAuthority);
    case 'chooseConsumerGroup':
      return commandButton(l10n.t('Select Consumer Group…'), commands.chooseConsumerGroup, {
        kind: 'hub',
        hubId: action.hubId,
      });
    case 'restartLocalHub':
      return commandButton(l10n.t('Restart'), commands.restartLocalHub);
    case 'openSetting':
      return {
        title: l10n.t('Open Setting'),
        command: 'workbench.action.openSettings',
        args: [settingId(action.setting)],
      };
  }
}

const settingId = (setting: keyof Settings) => `${settingsPrefix}.${setting}`;
