// The storage that VS Code provides to extensions.
import type * as vscode from 'vscode';
import { EventEmitter } from './values';

/** State stored as JSON text, as VS Code stores it. */
export function memento(initial: Readonly<Record<string, unknown>> = {}): vscode.Memento {
  const texts = new Map(Object.entries(initial).map(([key, value]) => [key, JSON.stringify(value)]));
  function get<T>(key: string): T | undefined;
  function get<T>(key: string, defaultValue: T): T;
  function get<T>(key: string, defaultValue?: T): T | undefined {
    const text = texts.get(key);
    return text === undefined ? defaultValue : (JSON.parse(text) as T);
  }
  return {
    keys: () => [...texts.keys()],
    get,
    update: async (key, value: unknown) => {
      if (value === undefined) texts.delete(key);
      else texts.set(key, JSON.stringify(value));
    },
  };
}

/** Secrets in memory. */
export function secretStorage(): vscode.SecretStorage {
  const secrets = new Map<string, string>();
  const changed = new EventEmitter<vscode.SecretStorageChangeEvent>();
  return {
    get: async (key) => secrets.get(key),
    store: async (key, value) => {
      secrets.set(key, value);
      changed.fire({ key });
    },
    delete: async (key) => {
      secrets.delete(key);
      changed.fire({ key });
    },
    onDidChange: changed.event,
  };
}
