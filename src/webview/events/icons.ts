import { type TemplateResult } from 'lit';
import arrowDown from '@vscode/codicons/src/icons/arrow-down.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import columns from '@vscode/codicons/src/icons/list-selection.svg';
import copy from '@vscode/codicons/src/icons/copy.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import filter from '@vscode/codicons/src/icons/filter.svg';
import goToFile from '@vscode/codicons/src/icons/go-to-file.svg';
import pause from '@vscode/codicons/src/icons/debug-pause.svg';
import play from '@vscode/codicons/src/icons/play.svg';
import pulse from '@vscode/codicons/src/icons/pulse.svg';
import question from '@vscode/codicons/src/icons/question.svg';
import record from '@vscode/codicons/src/icons/record.svg';
import stop from '@vscode/codicons/src/icons/debug-stop.svg';
import sync from '@vscode/codicons/src/icons/sync.svg';
import { codicon } from '../shared/codicon';

const icons = {
  arrowDown,
  close,
  columns,
  copy,
  error,
  filter,
  goToFile,
  pause,
  play,
  pulse,
  question,
  record,
  stop,
  sync,
} as const;

export type IconName = keyof typeof icons;

export const icon = (name: IconName): TemplateResult => codicon(name, icons[name]);
