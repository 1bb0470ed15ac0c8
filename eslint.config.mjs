import eslint from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import l10n from './test/config/rawText.mjs';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**', '.cache/**'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', '*.mts'],
    extends: [eslint.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: [
      'src/core/**/*.ts',
      'src/azure/**/*.ts',
      'src/certificatePath/**/*.ts',
      'src/localHub/**/*.ts',
      'src/webview/**/*.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'vscode',
              message: 'Import vscode only in workbench, explorer, features and extension.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[property.name='registerCommand'][object.property.name='commands']",
          message: 'Register commands with registerCommand of workbench/commands, which shows errors.',
        },
        {
          selector: "Property[key.name='rejectUnauthorized'][value.value=false]",
          message: 'Do not disable TLS verification. Trust a CA for the connection instead.',
        },
        {
          selector: "ImportDeclaration[source.value='azure-iothub']",
          message: "Import from 'azure-iothub/dist/registry'; the package root adds a megabyte.",
        },
        {
          selector: 'MemberExpression[property.name=/^show(Error|Information|Warning)Message$/]',
          message: 'Use showInformation, showWarning or showError of workbench/notifications.',
        },
        {
          selector:
            "MemberExpression[object.property.name='window'][property.name=/^(createQuickPick|createInputBox|showQuickPick|showInputBox)$/]",
          message: 'Use workbench/prompts or workbench/quickInputs, which show foreign text as text.',
        },
        {
          selector: "MemberExpression[property.name='setStatusBarMessage']",
          message: 'Use showStatus of workbench/statusTexts.',
        },
        {
          selector: "NewExpression[callee.property.name='MarkdownString']",
          message: 'Use plain text, in which foreign text cannot become a link or an image.',
        },
        {
          selector:
            ':matches(TemplateElement[value.raw=/\\$\\(([a-z~-]+\\)|$)/], Literal[value=/^\\$\\([a-z~-]+\\)/])',
          message: 'Set `icon`, or use iconLabel of core/base/singleLine, so that only this is an icon.',
        },
        {
          selector: ":matches(NewExpression, CallExpression)[callee.name='RegExp']",
          message: 'Write a regular expression as a literal, so that no text from outside becomes one.',
        },
        {
          selector:
            'CallExpression[callee.property.name=/^(match|matchAll)$/] > :matches(CallExpression, TemplateLiteral, BinaryExpression, Literal:not([regex])).arguments:first-child',
          message: 'match() compiles text to a regular expression. Use includes, indexOf or a literal.',
        },
      ],
    },
  },
  {
    // Most expressions run over text from devices, files or a hub.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: true }],
    },
  },
  {
    // The local hub responds in English, as Azure does; findings on certificate paths are codes and technical names.
    files: ['src/**/*.ts'],
    ignores: ['src/certificatePath/**', 'src/localHub/**', 'src/sqlite/**'],
    plugins: { l10n },
    rules: { 'l10n/no-raw-text': 'error', 'l10n/one-literal': 'error', 'l10n/no-early-text': 'error' },
  },
);
