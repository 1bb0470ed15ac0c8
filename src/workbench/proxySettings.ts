import * as vscode from 'vscode';
import { type ProxySettings } from '../core/mqtt/webProxy';

/** VS Code's own settings, as they are now. */
export function proxySettings(): ProxySettings {
  const http = vscode.workspace.getConfiguration('http');
  return {
    proxy: http.get<string>('proxy') ?? '',
    noProxy: http.get<string[]>('noProxy') ?? [],
    isOff: http.get<string>('proxySupport') === 'off',
    environment: process.env,
  };
}
