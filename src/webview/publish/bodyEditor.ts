import * as l10n from '@vscode/l10n';
import { createEditor, type PrismEditor } from 'prism-code-editor';
import { defaultCommands, editHistory, setIgnoreTab } from 'prism-code-editor/commands';
import 'prism-code-editor/languages/json';
import 'prism-code-editor/layout.css';
import { matchBrackets } from 'prism-code-editor/match-brackets';
import 'prism-code-editor/prism/languages/json';

/** The editor of the body: a text area with line numbers, syntax colors, indentation and its own undo history. */
export class BodyEditor {
  readonly element = document.createElement('div');
  private readonly editor: PrismEditor;
  private isShowing = false;
  private markedLine: number | undefined;

  constructor(onInput: (text: string) => void) {
    this.editor = createEditor(
      this.element,
      { language: 'json', value: '', tabSize: 2, wordWrap: true },
      matchBrackets(),
      defaultCommands(),
      editHistory(),
    );
    // Tab leaves the editor, so that it is not a keyboard trap.
    setIgnoreTab(true);
    const { textarea } = this.editor;
    textarea.setAttribute('aria-label', l10n.t('Body'));
    textarea.setAttribute('aria-describedby', 'problems-body');
    this.editor.on('update', (text) => {
      this.mark();
      if (!this.isShowing) onInput(text);
    });
  }

  /** Shows a text. The cursor keeps its position if the text is already shown. */
  show(text: string, language: 'json' | 'text', problemLine: number | undefined, hasProblem: boolean): void {
    this.isShowing = true;
    if (this.editor.value !== text || this.editor.options.language !== language) {
      this.editor.setOptions({ value: text, language });
    }
    this.isShowing = false;
    this.editor.textarea.setAttribute('aria-invalid', String(hasProblem));
    if (this.markedLine === problemLine) return;
    this.markedLine = problemLine;
    this.mark();
  }

  /** Selects a range and moves the focus there. */
  goTo(offset: number, length: number): void {
    const { textarea } = this.editor;
    textarea.focus();
    textarea.setSelectionRange(offset, offset + length);
  }

  focus(): void {
    this.editor.textarea.focus();
  }

  /** Inserts a text at the cursor. */
  insert(text: string): void {
    const { textarea } = this.editor;
    textarea.focus();
    // The only way to insert text that the undo history of the browser includes.
    document.execCommand('insertText', false, text);
  }

  private mark(): void {
    [...this.editor.lines].forEach((line, number) => {
      line.classList.toggle('problem-line', number > 0 && number === this.markedLine);
    });
  }
}
