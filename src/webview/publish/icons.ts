import { type TemplateResult } from 'lit';
import add from '@vscode/codicons/src/icons/add.svg';
import check from '@vscode/codicons/src/icons/check.svg';
import checkAll from '@vscode/codicons/src/icons/check-all.svg';
import chevron from '@vscode/codicons/src/icons/chevron-right.svg';
import circleSlash from '@vscode/codicons/src/icons/circle-slash.svg';
import clearAll from '@vscode/codicons/src/icons/clear-all.svg';
import clock from '@vscode/codicons/src/icons/clockface.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import copy from '@vscode/codicons/src/icons/copy.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import monitor from '@vscode/codicons/src/icons/pulse.svg';
import next from '@vscode/codicons/src/icons/refresh.svg';
import run from '@vscode/codicons/src/icons/run-all.svg';
import send from '@vscode/codicons/src/icons/send.svg';
import stop from '@vscode/codicons/src/icons/debug-stop.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import { codicon } from '../shared/codicon';

const icons = {
  add,
  check,
  checkAll,
  chevron,
  circleSlash,
  clearAll,
  clock,
  close,
  copy,
  error,
  info,
  monitor,
  next,
  run,
  send,
  stop,
  warning,
} as const;

/** Name of an icon of the page. */
export type IconName = keyof typeof icons;

export const icon = (name: IconName): TemplateResult => codicon(name, icons[name]);
