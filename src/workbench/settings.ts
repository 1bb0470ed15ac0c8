import * as vscode from 'vscode';
import { settingsPrefix, type Settings } from '../contributions';

/** Every setting has a default in package.json, so there is always a value. */
export function setting<K extends keyof Settings>(name: K): Settings[K] {
  const value = vscode.workspace.getConfiguration(settingsPrefix).get<Settings[K]>(name);
  if (value === undefined) throw new Error(`Setting ${settingsPrefix}.${name} has no default.`);
  return value;
}

export async function changeSetting<K extends keyof Settings>(name: K, value: Settings[K]): Promise<void> {
  await vscode.workspace
    .getConfiguration(settingsPrefix)
    .update(name, value, vscode.ConfigurationTarget.Global);
}
