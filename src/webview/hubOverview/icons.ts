import { type TemplateResult } from 'lit';
import add from '@vscode/codicons/src/icons/add.svg';
import copy from '@vscode/codicons/src/icons/copy.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import open from '@vscode/codicons/src/icons/link-external.svg';
import pass from '@vscode/codicons/src/icons/pass.svg';
import refresh from '@vscode/codicons/src/icons/refresh.svg';
import trash from '@vscode/codicons/src/icons/trash.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import { codicon } from '../shared/codicon';

const icons = { add, copy, error, info, open, pass, refresh, trash, warning } as const;

export type IconName = keyof typeof icons;

export const icon = (name: IconName): TemplateResult => codicon(name, icons[name]);
