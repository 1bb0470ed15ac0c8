// Functions that run in the page of the window. Each is serialized on its own, so it cannot use anything outside itself.

/** Where texts of the extension appear: an attribute of the element, or its text. */
export const watchedTexts = [
  ['view title', '.part.sidebar .composite.title h2'],
  ['action of the view', '.part.sidebar .composite.title .action-label', 'aria-label'],
  ['label of a row', '.part.sidebar .monaco-list-row .label-name'],
  ['description of a row', '.part.sidebar .monaco-list-row .label-description'],
  ['row for screen readers', '.part.sidebar .monaco-list-row', 'aria-label'],
  ['action of a row', '.part.sidebar .monaco-list-row .action-label', 'aria-label'],
  ['menu item', '.monaco-menu .action-label:not(.separator)'],
  ['notification', '.notification-list-item-message'],
  ['button of a notification', '.notification-list-item .monaco-button'],
  ['dialog', '.monaco-dialog-box .dialog-message-text'],
  ['detail of a dialog', '.monaco-dialog-box .dialog-message-detail'],
  ['button of a dialog', '.monaco-dialog-box .dialog-buttons .monaco-button'],
  ['status bar', '.statusbar-item[id^="iot-hub-workbench."]'],
  ['status bar for screen readers', '.statusbar-item[id^="iot-hub-workbench."] > a', 'aria-label'],
];

/** Collects every text that appears from now on, including short-lived ones. @returns {void} */
export function watchTexts(watched) {
  const seen = new Map();
  globalThis.takeTexts = () => {
    look();
    const taken = [...seen.values()];
    seen.clear();
    return taken;
  };
  let isDue = false;
  const look = () => {
    isDue = false;
    for (const [place, selector, attribute] of watched) {
      for (const element of document.querySelectorAll(selector)) {
        if (!element.checkVisibility()) continue;
        const text = (attribute ? element.getAttribute(attribute) : element.textContent)?.trim();
        if (text) seen.set(`${place}\n${text}`, { place, text });
      }
    }
  };
  const observer = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(look);
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
}

/** All texts of the open quick pick or input box; none while it is loading. */
export async function readQuickInput() {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const widget = document.querySelector('.quick-input-widget');
  if (!widget?.checkVisibility() || widget.querySelector('.quick-input-progress.active')) return [];
  const list = widget.querySelector('.quick-input-list');
  if (list?.checkVisibility() && !list.querySelector('.monaco-list-row')) return [];
  const found = [];
  const add = (place, selector, attribute, isShown = () => true) => {
    for (const element of widget.querySelectorAll(selector)) {
      if (!element.checkVisibility() || !isShown(element)) continue;
      const text = attribute ? element.getAttribute(attribute) : element.textContent;
      if (text?.trim()) found.push({ place, text: text.replace(/\s+/g, ' ').trim() });
    }
  };
  // A reused row with a single line keeps the hidden detail of the previous one.
  const isTall = (element) => element.closest('.monaco-list-row').offsetHeight > 30;
  add('title', '.quick-input-title');
  add('button', '.quick-input-titlebar .action-label', 'aria-label');
  add('placeholder', 'input.input', 'placeholder');
  add('prompt', '.quick-input-message');
  add('label', '.monaco-list-row .label-name');
  add('description', '.monaco-list-row .label-description');
  add('detail', '.monaco-list-row .quick-input-list-label-meta', '', isTall);
  add('heading', '.monaco-list-row .quick-input-list-separator');
  add('button of a row', '.monaco-list-row .action-label', 'aria-label');
  return found;
}

/** The text of the open hover. */
export function readHover() {
  return [...document.querySelectorAll('.monaco-hover')]
    .filter((hover) => hover.checkVisibility())
    .map((hover) => hover.innerText.trim())
    .join('\n');
}
