import type * as vscode from 'vscode';
import { fake } from './fake';

/** An output channel: all of its text, and how it was written. */
export class FakeOutputChannel implements vscode.OutputChannel {
  text = '';
  /** Calls of `append`. */
  appends = 0;
  /** The most characters that it ever had. */
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
