import type * as vscode from 'vscode';
import { fake } from './fake';

/** An output channel that records its text and how it was written. */
export class FakeOutputChannel implements vscode.OutputChannel {
  text = '';
  /** Number of calls of `append`. */
  appends = 0;
  /** Maximum length of its text so far. */
  longest = 0;
  isShown = false;

  constructor(readonly name: string) {
    fake.channels.set(name, this);
  }

  append(text: string): void {
    this.appends++;
    this.replace(this.text + text);
  }

  appendLine(text: string): void {
    this.append(`${text}\n`);
  }

  debug(text: string): void {
    this.log('debug', text);
  }

  info(text: string): void {
    this.log('info', text);
  }

  warn(text: string): void {
    this.log('warn', text);
  }

  error(text: string): void {
    this.log('error', text);
  }

  /** As a channel for logs does. */
  private log(level: string, text: string): void {
    this.appendLine(`${new Date().toISOString()} [${level}] ${text}`);
  }

  replace(text: string): void {
    this.text = text;
    this.longest = Math.max(this.longest, text.length);
  }

  clear(): void {
    this.text = '';
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.hide();
  }
}
