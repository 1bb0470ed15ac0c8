import * as vscode from 'vscode';
import { messageText, safeText } from '../core/base/singleLine';

/*
 * The only module that shows notifications and dialogs. VS Code turns `[text](command:…)` in them into a link that runs
 * a command, and they often contain names and error messages from outside.
 */

type Show = (
  message: string,
  options: vscode.MessageOptions,
  ...items: string[]
) => Thenable<string | undefined>;

const safely =
  (show: (of: typeof vscode.window) => Show) =>
  (message: string, ...rest: readonly (vscode.MessageOptions | string)[]): Thenable<string | undefined> => {
    const [options = {}] = rest.filter((each) => typeof each !== 'string');
    const items = rest.filter((each) => typeof each === 'string');
    const { detail } = options;
    return show(vscode.window)(
      messageText(message),
      detail === undefined ? options : { ...options, detail: safeText(detail) },
      ...items,
    );
  };

/* eslint-disable no-restricted-syntax -- the only place that shows them */
export const showInformation = safely((window) => window.showInformationMessage);
export const showWarning = safely((window) => window.showWarningMessage);
export const showError = safely((window) => window.showErrorMessage);
