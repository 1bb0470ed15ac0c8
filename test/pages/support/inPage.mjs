// Functions that run in the browser. Each is sent there on its own, so it cannot use anything outside itself.

/** The API of VS Code; `hostReceive` and `hostKeep` call the test. */
export function provideApi(initial) {
  let state = initial;
  let isAcquired = false;
  globalThis.acquireVsCodeApi = () => {
    if (isAcquired) throw new Error('An instance of the VS Code API has already been acquired');
    isAcquired = true;
    return Object.freeze({
      postMessage: (message) => void globalThis.hostReceive(message),
      getState: () => state,
      setState: (next) => {
        state = next;
        void globalThis.hostKeep(next);
        return next;
      },
    });
  };
}

/**
 * Delivers a message of the extension.
 * @returns {void}
 */
export function deliver(message) {
  window.dispatchEvent(new MessageEvent('message', { data: message }));
}

/**
 * Applies another theme without reloading the page.
 * @returns {void}
 */
export function applyLook({ variables, className, kind, id }) {
  const { style } = document.documentElement;
  for (const name of [...style]) if (name.startsWith('--')) style.removeProperty(name);
  for (const [name, value] of variables) style.setProperty(name, value);
  document.body.className = className;
  Object.assign(document.body.dataset, { vscodeThemeKind: kind, vscodeThemeId: id });
}

/**
 * Waits until the page has drawn pending changes.
 * @returns {Promise<void>}
 */
export function afterFrames() {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))),
  );
}

/**
 * Runs axe on the page.
 * @param {string[]} rules all rules if empty
 * @returns {Promise<{ id: string, help: string, nodes: string[] }[]>}
 */
export async function runAxe(rules) {
  const { violations } = await globalThis.axe.run(document.querySelector('main'), {
    resultTypes: ['violations'],
    // Preloading fetches style sheets, which the policy of the page forbids.
    preload: false,
    ...(rules.length ? { runOnly: rules } : {}),
  });
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
  }));
}

/**
 * Finds content beyond the side of the window that cannot be scrolled to.
 * @returns {string[]}
 */
export function findOverflow() {
  const { clientWidth, scrollWidth } = document.documentElement;
  const found = [];
  if (scrollWidth > clientWidth) {
    const wide = [...document.querySelectorAll('main *')].filter(
      (at) => at.getBoundingClientRect().right > clientWidth + 1,
    );
    const names = wide.slice(0, 4).map((at) => at.outerHTML.slice(0, 80));
    found.push(`The page is ${scrollWidth} wide in a window of ${clientWidth}: ${names.join(' | ')}`);
  }
  const scrolls = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  for (const element of document.querySelectorAll('button, input, select, textarea, a, summary, h1, h2')) {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0 || (left >= -1 && right <= clientWidth + 1) || scrolls(element)) continue;
    found.push(
      `${element.outerHTML.slice(0, 120)} reaches from ${Math.round(left)} to ${Math.round(right)}.`,
    );
  }
  return found;
}

/**
 * Describes the focused element by its accessible name, and whether its focus is visible.
 * @returns {{ name: string, isVisible: boolean, tag: string }}
 */
export function describeFocus() {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: '', isVisible: true, tag: 'body' };
  const label =
    element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText ?? '';
  const { width, height } = element.getBoundingClientRect();
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'var(--vscode-focusBorder)';
  const focusColor = getComputedStyle(probe).color;
  probe.remove();
  /** Whether it has an outline or a border in the focus color, as VS Code's editors have. */
  const isMarked = (at) => {
    const { outlineStyle, outlineWidth, borderTopColor, borderTopWidth } = getComputedStyle(at);
    const hasOutline = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
    return hasOutline || (borderTopColor === focusColor && Number.parseFloat(borderTopWidth) > 0);
  };
  const around = [element, element.parentElement, element.parentElement?.parentElement].filter((at) => at);
  return {
    name: label.replace(/\s+/g, ' ').trim(),
    isVisible: width > 0 && height > 0 && around.some(isMarked),
    tag: element.tagName.toLowerCase(),
  };
}

/**
 * Everything that is shown or spoken, in document order: texts, also of collapsed sections, and attributes.
 * @param {string[]} dataSelectors elements whose content is data
 * @returns {{ kind: string, text: string, element: string }[]}
 */
export function readTexts(dataSelectors) {
  const found = [];
  const isData = (element) => dataSelectors.some((selector) => element.closest(selector) !== null);
  const add = (kind, text, element) => {
    const tag = element.cloneNode(false).outerHTML.slice(0, 120);
    if (text.trim() !== '') found.push({ kind, text, element: tag });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) {
      const { parentElement } = node;
      if (parentElement && !isData(parentElement)) add('text', node.data, parentElement);
      continue;
    }
    for (const name of ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt']) {
      const value = node.getAttribute(name);
      if (value !== null && !isData(node)) add(name, value, node);
    }
  }
  return found;
}

/** Language of the page. */
export const documentLanguage = () => document.documentElement.lang;

/** Position of the cursor in a text area. */
export const selectionStart = (area) => area.selectionStart;

/** CSS position of an element. */
export const positionOf = (element) => getComputedStyle(element).position;

/** Whether a line break is within a word of a text. */
export const breaksWords = (element) => {
  const text = [...element.childNodes].find(({ nodeType, data }) => nodeType === 3 && data.trim() !== '');
  const range = document.createRange();
  return [...text.data.matchAll(/\S+/g)].some(({ 0: word, index }) => {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length > 1;
  });
};
