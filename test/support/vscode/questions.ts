// Quick picks and input boxes that are answered as soon as they are shown.
import type * as vscode from 'vscode';
import { fake } from './fake';
import { EventEmitter } from './values';

/** What quick picks and input boxes have in common. */
abstract class FakeQuestion implements vscode.QuickInput {
  title: string | undefined;
  step: number | undefined;
  totalSteps: number | undefined;
  enabled = true;
  busy = false;
  ignoreFocusOut = false;
  value = '';
  placeholder: string | undefined;
  buttons: readonly vscode.QuickInputButton[] = [];
  protected readonly valueChanged = new EventEmitter<string>();
  protected readonly accepted = new EventEmitter<void>();
  private readonly hidden = new EventEmitter<void>();
  private readonly buttonTriggered = new EventEmitter<vscode.QuickInputButton>();
  readonly onDidChangeValue = this.valueChanged.event;
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidTriggerButton = this.buttonTriggered.event;
  private isOpen = false;

  show(): void {
    this.isOpen = true;
    this.answerSoon();
  }

  hide(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.hidden.fire();
  }

  dispose(): void {
    this.hide();
    for (const emitter of [this.valueChanged, this.accepted, this.hidden, this.buttonTriggered])
      emitter.dispose();
  }

  /** Changes the text, as typing does. */
  type(text: string): void {
    this.value = text;
    this.valueChanged.fire(text);
  }

  accept(): void {
    this.accepted.fire();
  }

  protected abstract answer(text: string): void;

  protected nextAnswer(): string {
    const answer = fake.answers.shift();
    if (answer === undefined) throw new Error(`The test has no answer to "${this.title}".`);
    return answer;
  }

  private answerSoon(): void {
    setTimeout(() => {
      if (!this.isOpen) return;
      if (this.busy) return this.answerSoon();
      fake.asked.push(this.title ?? '');
      if (this instanceof FakeQuickPick && fake.onQuickPick) fake.onQuickPick(this);
      else this.answer(this.nextAnswer());
    });
  }
}

/** Selects the first item whose label contains the answer. */
export class FakeQuickPick<T extends vscode.QuickPickItem>
  extends FakeQuestion
  implements vscode.QuickPick<T>
{
  items: readonly T[] = [];
  canSelectMany = false;
  matchOnDescription = false;
  matchOnDetail = false;
  keepScrollPosition = false;
  activeItems: readonly T[] = [];
  selectedItems: readonly T[] = [];
  private readonly activeChanged = new EventEmitter<readonly T[]>();
  private readonly selectionChanged = new EventEmitter<readonly T[]>();
  private readonly itemButtonTriggered = new EventEmitter<vscode.QuickPickItemButtonEvent<T>>();
  readonly onDidChangeActive = this.activeChanged.event;
  readonly onDidChangeSelection = this.selectionChanged.event;
  readonly onDidTriggerItemButton = this.itemButtonTriggered.event;
  /** What VS Code draws first; later changes follow in another message. */
  firstDrawn: {
    readonly placeholder: string | undefined;
    readonly items: readonly T[];
    readonly active: readonly T[];
  } = { placeholder: undefined, items: [], active: [] };

  override show(): void {
    this.firstDrawn = { placeholder: this.placeholder, items: this.items, active: this.activeItems };
    super.show();
  }

  /** Selects items, as the user would. */
  select(items: readonly T[]): void {
    this.selectedItems = items;
    this.selectionChanged.fire(items);
  }

  protected override answer(text: string): void {
    this.type(text);
    const item = this.items.find(({ label }) => label.includes(text));
    if (!item) {
      const labels = this.items.map(({ label }) => label).join(', ');
      throw new Error(`"${this.title}" has no "${text}"; it has: ${labels}.`);
    }
    this.select([item]);
    this.accept();
  }
}

/** Tries the answers in order until one is valid. */
export class FakeInputBox extends FakeQuestion implements vscode.InputBox {
  valueSelection: readonly [number, number] | undefined;
  password = false;
  prompt: string | undefined;
  validationMessage: string | vscode.InputBoxValidationMessage | undefined;

  protected override answer(text: string): void {
    this.validationMessage = undefined;
    this.type(text);
    // Read again, because the listener has set it.
    const problem = this.validationMessage as FakeInputBox['validationMessage'];
    if (typeof problem === 'string') {
      fake.problems.push(problem);
      return this.answer(this.nextAnswer());
    }
    this.accept();
  }
}
