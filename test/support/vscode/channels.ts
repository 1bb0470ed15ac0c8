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
