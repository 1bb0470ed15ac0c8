import { createEditor, type PrismEditor } from 'prism-code-editor';
import { defaultCommands, editHistory, setIgnoreTab } from 'prism-code-editor/commands';
import 'prism-code-editor/languages/json';
import 'prism-code-editor/layout.css';
import { matchBrackets } from 'prism-code-editor/match-brackets';
import 'prism-code-editor/prism/languages/json';

/** The editor of the body: a text area with line numbers, colours, indentation and its own undo. */
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
    // Tab leaves the editor: a person with a keyboard alone would be caught in it.
    setIgnoreTab(true);
    const { textarea } = this.editor;
    textarea.setAttribute('aria-label', 'Body');
    textarea.setAttribute('aria-describedby', 'problems-body');
    this.editor.on('update', (text) => {
      this.mark();
      if (!this.isShowing) onInput(text);
    });
  }

  /** Shows a text unless it is there already, so that the cursor stays where it is. */
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

  /** Puts the cursor somewhere. */
  goTo(offset: number, length: number): void {
    const { textarea } = this.editor;
    textarea.focus();
    textarea.setSelectionRange(offset, offset + length);
  }

  focus(): void {
    this.editor.textarea.focus();
  }

  /** Types something where the cursor is. */
  insert(text: string): void {
    const { textarea } = this.editor;
    textarea.focus();
    // The only way of typing that the browser's own undo knows of.
    document.execCommand('insertText', false, text);
  }

  private mark(): void {
    [...this.editor.lines].forEach((line, number) => {
      line.classList.toggle('problem-line', number > 0 && number === this.markedLine);
    });
  }
}
