import * as vscode from 'vscode';
import { type Logger } from '../core/base/logger';
import { maskSecrets } from '../core/base/maskSecrets';
import { singleLine } from '../core/base/singleLine';
import { describeError } from '../core/errors';

/** A line of the log. Secrets are hidden first: the patterns of their names need what stands before these. */
const lineOf = (text: string): string => singleLine(maskSecrets(text));

/** A log channel that hides secrets in all it is given, and whose entries are one line each, except for stacks. */
export class MaskedLog implements Logger, vscode.Disposable {
  private readonly channel: vscode.LogOutputChannel;

  constructor(name: string) {
    this.channel = vscode.window.createOutputChannel(name, { log: true });
  }

  debug(text: string): void {
    this.channel.debug(lineOf(text));
  }

  info(text: string): void {
    this.channel.info(lineOf(text));
  }

  warn(text: string): void {
    this.channel.warn(lineOf(text));
  }

  error(text: string, error?: unknown): void {
    const details = error === undefined ? [] : describeError(error);
    this.channel.error([text, ...details].map(lineOf).join('\n    '));
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }
}
