// ESLint rules for localization: text shown to users is a single literal in `l10n.t`.
// @ts-check

/** Properties and attributes that VS Code or a page displays unchanged. */
const shownProperties = new Set(
  'title label detail description tooltip prompt placeHolder placeholder text message heading hint note on off turnOn turnOff openLabel saveLabel validationMessage ariaLabel accessibilityInformation'.split(
    ' ',
  ),
);
const shownAttributes = /(?:aria-label|aria-description|title|placeholder|alt)\s*=\s*"([^"]*)"/g;
const showingCalls = /^show(Information|Warning|Error)Message$|^withProgress$|^setStatusBarMessage$/;
/** Programming and protocol errors: their messages only reach the log. */
const internalErrors = new Set(['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError']);
const logCalls = new Set(['trace', 'debug', 'info', 'warn', 'error']);

/** Words of a sentence or label; not IDs, paths, class names, MIME types, PEM labels or code. */
const twoWords = /\p{L}{2,}[,;:.!?'’"”)…]*\s+["'“‘(]?\p{L}/u;
const oneWord = /^\p{Lu}\p{Ll}+[…:.!?]*$/u;
/** Product names, Azure roles, media types and tokens, which are the same in every language. */
const names =
  /^((IoT Hub|IoT Edge|Azure)( [A-Z]\w+)*|[\w.-]+\/[\w.+-]+; charset=[\w-]+|SharedAccessSignature .*|\$\([\w-]+\) [A-Z]\d)$/;
const lowerCaseNames = /^[a-z0-9$_:.\-\s]+$/;

/** Code: CSS or template functions (also as a placeholder), SQL, policies, markup, queries, programs. */
const code =
  /^(?:\{\{ )?[\w-]+\(.*\)(?: \}\})?$|^\s*(?:SELECT|INSERT|CREATE|PRAGMA) |^[a-z]+-src |^<!DOCTYPE|^az [a-z]+ |\$[.\w]+ ?[<>=]|^[a-z]+_[a-z]+ \(/;
/** Generated programs are in English. */
const codeFiles = /[\\/]core[\\/]mqtt[\\/]snippets[\\/]/;

/** @param {string} text */
const isSentence = (text) =>
  !code.test(text) &&
  twoWords.test(text) &&
  /\p{Ll}/u.test(text) &&
  !/^\s*[a-z][\w-]*(\s+[a-z][\w-]*)+\s*$/.test(text);

/** @param {any} node */
function calleeName(node) {
  const { callee } = node;
  return callee.type === 'Identifier'
    ? callee.name
    : callee.type === 'MemberExpression'
      ? callee.property.name
      : '';
}

/** @param {any} node */
const isTranslation = (node) =>
  node.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  node.callee.property.name === 't' &&
  (node.callee.object.name === 'l10n' || node.callee.object.property?.name === 'l10n');

/** @param {any} node */
function isLogCall(node) {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { object, property } = node.callee;
  if (/^(log|warn)Once$/.test(property.name)) return true;
  const name = object.name ?? object.property?.name ?? '';
  return logCalls.has(property.name) && /log$/i.test(name);
}

/** Whether a literal needs no translation because of its context. @param {any} node */
function isExempt(node) {
  for (let at = node; at.parent; at = at.parent) {
    const up = at.parent;
    if (isTranslation(up) || isLogCall(up)) return true;
    if (up.type === 'NewExpression' && internalErrors.has(up.callee.name)) return true;
    if (/^(Import|Export(All|Named))|^TS(?!As|Satisfies|NonNull)/.test(up.type)) return true;
    if (up.type === 'TaggedTemplateExpression' && up.tag.name !== 'html') return true;
    if (up.type === 'ExpressionStatement' && up.directive) return true;
    // The message of an error class.
    if (up.type === 'CallExpression' && up.callee.type === 'Super') return true;
    if (up.type === 'SwitchCase' && up.test === at) return true;
    if (up.type === 'BinaryExpression' && /^[!=]==?$/.test(up.operator)) return true;
    if (/Function|Class|Program/.test(up.type)) return false;
  }
  return false;
}

/** Whether a literal is shown to the user, judged by its context. @param {any} node */
function isShown(node) {
  let at = node;
  while (
    (at.parent.type === 'ConditionalExpression' && at.parent.test !== at) ||
    at.parent.type === 'LogicalExpression' ||
    at.parent.type === 'TSAsExpression'
  ) {
    at = at.parent;
  }
  const up = at.parent;
  if (up.type === 'Property' && up.value === at) return shownProperties.has(up.key.name ?? up.key.value);
  if (up.type === 'AssignmentExpression' && up.right === at && up.left.type === 'MemberExpression')
    return shownProperties.has(up.left.property.name);
  if (up.type === 'CallExpression' && up.arguments.includes(at)) return showingCalls.test(calleeName(up));
  return false;
}

/** @type {import('eslint').Rule.RuleModule} */
const noRawText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { raw: 'Localize this text with l10n.t of @vscode/l10n: "{{text}}"' },
  },
  create(context) {
    if (codeFiles.test(context.filename)) return {};
    /** @param {any} node @param {string} text */
    const report = (node, text) =>
      context.report({ node, messageId: 'raw', data: { text: text.trim().slice(0, 60) } });
    /** @param {any} node @param {string} text */
    const check = (node, text) => {
      if (names.test(text)) return;
      const isText = isSentence(text) || (oneWord.test(text.trim()) && isShown(node));
      if (isText && !lowerCaseNames.test(text) && !isExempt(node)) report(node, text);
      else if (isText && isShown(node) && !isExempt(node)) report(node, text);
    };
    return {
      /** @param {any} node */
      Literal(node) {
        if (typeof node.value === 'string') check(node, node.value);
      },
      /** @param {any} node */
      TemplateLiteral(node) {
        const up = node.parent;
        if (up.type === 'TaggedTemplateExpression' && up.tag.name === 'html') return;
        const text = node.quasis.map((/** @type {any} */ { value }) => value.cooked ?? '').join('0');
        check(node, text);
      },
      /** Words between tags, and attributes that screen readers read. @param {any} node */
      "TaggedTemplateExpression[tag.name='html']"(node) {
        const markup = node.quasi.quasis
          .map((/** @type {any} */ { value }) => value.cooked ?? '')
          .join('\u0000');
        const attributes = [...markup.matchAll(shownAttributes)].map(([, value]) => value);
        const words = [...markup.replace(/<[^>]*>/g, '\u0001').split('\u0001'), ...attributes]
          .map((part) => part.replaceAll('\u0000', ' ').trim())
          .find((part) => /\p{L}{2,}/u.test(part));
        if (words) report(node, words);
      },
    };
  },
};

/** @type {import('eslint').Rule.RuleModule} */
const oneLiteral = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      literal:
        'The text of l10n.t must be a single string literal, with {0} or {name} for values; other forms are not exported.',
    },
  },
  create: (context) => ({
    /** @param {any} node */
    CallExpression(node) {
      if (!isTranslation(node)) return;
      let [text] = node.arguments;
      if (text?.type === 'ObjectExpression') {
        text = text.properties.find((/** @type {any} */ property) => property.key?.name === 'message')?.value;
      }
      const isLiteral =
        (text?.type === 'Literal' && typeof text.value === 'string') ||
        (text?.type === 'TemplateLiteral' && text.expressions.length === 0);
      if (!isLiteral) context.report({ node, messageId: 'literal' });
    },
  }),
};

/** @type {import('eslint').Rule.RuleModule} */
const noEarlyText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { early: 'Localize the text when it is shown, not when the module loads: use a function.' },
  },
  create: (context) => ({
    /** @param {any} node */
    CallExpression(node) {
      if (!isTranslation(node)) return;
      const inFunction = context.sourceCode
        .getAncestors(node)
        .some(({ type }) => /Function/.test(type) || type === 'PropertyDefinition');
      if (!inFunction) context.report({ node, messageId: 'early' });
    },
  }),
};

export default {
  rules: { 'no-raw-text': noRawText, 'one-literal': oneLiteral, 'no-early-text': noEarlyText },
};
