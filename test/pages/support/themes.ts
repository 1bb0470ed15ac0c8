// The styles that VS Code gives the page of a webview.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Each with the classes that VS Code sets on the body, and its index in themes.json. */
export const themes = {
  light: { className: 'vscode-light', kind: 'vscode-light', id: 'Default Light Modern', column: 0 },
  dark: { className: 'vscode-dark', kind: 'vscode-dark', id: 'Default Dark Modern', column: 1 },
  'high contrast': {
    className: 'vscode-high-contrast',
    kind: 'vscode-high-contrast',
    id: 'Default High Contrast',
    column: 2,
  },
  'high contrast light': {
    className: 'vscode-high-contrast-light vscode-high-contrast',
    kind: 'vscode-high-contrast-light',
    id: 'Default High Contrast Light',
    column: 3,
  },
} as const;
export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as readonly Theme[];

/** Values by variable, one for each theme; `null` if a theme does not define it, as most do for contrast borders. */
export const themeVariables = JSON.parse(
  readFileSync(path.join(__dirname, 'themes.json'), 'utf8'),
) as Readonly<Record<string, readonly (string | null)[]>>;

/** Variables other than colors, as in VS Code on Linux. */
const fonts: Readonly<Record<string, string>> = {
  '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  '--vscode-font-weight': 'normal',
  '--vscode-font-size': '13px',
  '--vscode-editor-font-family': '"Droid Sans Mono", "monospace", monospace',
  '--vscode-editor-font-weight': 'normal',
  '--vscode-editor-font-size': '14px',
  '--text-link-decoration': 'none',
};
export const fontVariables = Object.keys(fonts);

/** Everything that VS Code's own script sets on the page. */
export interface Look {
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly className: string;
  readonly kind: string;
  readonly id: string;
}

export function curveStyle(theme: Theme): Look {
  const { column, ...rest } = themes[theme];
  const colors = Object.entries(themeVariables).flatMap(([name, values]) => {
    const value = values[column];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { variables: [...Object.entries(fonts), ...colors], ...rest };
}

/** VS Code's default style of webviews, and the background of the editor below them. */
export const defaultStyle = `
html { background-color: var(--vscode-editor-background); }
@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body {
    overscroll-behavior-x: none;
    background-color: transparent;
    color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family);
    font-weight: var(--vscode-font-weight);
    font-size: var(--vscode-font-size);
    margin: 0;
    padding: 0 20px;
  }
  img, video { max-width: 100%; max-height: 100%; }
  a, a code { color: var(--vscode-textLink-foreground); }
  p > a { text-decoration: var(--text-link-decoration); }
  a:hover { color: var(--vscode-textLink-activeForeground); }
  a:focus, input:focus, select:focus, textarea:focus {
    outline: 1px solid -webkit-focus-ring-color;
    outline-offset: -1px;
  }
  code {
    color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background);
    padding: 1px 3px;
    border-radius: 4px;
  }
  pre code { padding: 0; }
}`;
