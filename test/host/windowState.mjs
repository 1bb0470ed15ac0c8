// The state that a window of VS Code keeps in its browser.

/** All texts of the state, read in the page of the window. */
export async function readState() {
  const result = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db')) continue;
    const database = await result(indexedDB.open(name));
    try {
      const values = await result(database.transaction('ItemTable').objectStore('ItemTable').getAll());
      texts.push(...values.filter((value) => typeof value === 'string'));
    } finally {
      database.close();
    }
  }
  return texts;
}

/** Leaves the window and returns to it, in its page: a headless browser never takes the focus from a page. */
export function leaveWindow() {
  document.hasFocus = () => false;
  window.dispatchEvent(new FocusEvent('blur'));
  delete document.hasFocus;
  window.dispatchEvent(new FocusEvent('focus'));
}
