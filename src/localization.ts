import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

// `@vscode/l10n` serves every part, also those that know no `vscode`. Imported first, so that no text is asked for
// before its translation is there. Absent for English.
const { bundle } = vscode.l10n;
if (bundle) l10n.config({ contents: bundle });
