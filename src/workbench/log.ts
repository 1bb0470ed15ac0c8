import * as vscode from 'vscode';
import { type Logger } from '../core/base/logger';
import { maskSecrets } from '../core/base/maskSecrets';
import { describeError } from '../core/errors';

/** A log channel that hides secrets in all it is given. */
export class MaskedLog implements Logger, vscode.Disposable {
  private readonly channel: vscode.LogOutputChannel;

  constructor(name: string) {
    this.channel = vscode.window.createOutputChannel(name, { log: true });
  }

  debug(text: string): void {
    this.channel.debug(maskSecrets(text));
  }

  info(text: string): void {
    this.channel.info(maskSecrets(text));
  }

  warn(text: string): void {
    this.channel.warn(maskSecrets(text));
  }

  error(text: string, error?: unknown): void {
    this.channel.error(maskSecrets(error === undefined ? text : `${text}\n${describeError(error)}`));
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }
}
