// A benchmark extension in the same extension host as ours: measures the load of that process, and reads with a plain SDK
// loop on request.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { readPlainly, type PlainRequest } from './plainReader';
import { measureLoad } from './processLoad';

interface HostRequest {
  /** If absent, another extension reads. */
  readonly plain?: PlainRequest;
  readonly seconds: number;
  /** The file for the result. */
  readonly result: string;
}

const nobody = async () => () => 0;

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('benchPeer.measure', async () => {
      const file = process.env['IOT_HUB_WORKBENCH_BENCH_REQUEST'] ?? '';
      const request = JSON.parse(readFileSync(file, 'utf8')) as HostRequest;
      const shown = await (request.plain ? readPlainly(request.plain) : nobody());
      // Excludes connecting and the first messages.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      writeFileSync(`${request.result}.begun`, '');
      const load = await measureLoad(shown, request.seconds, 1);
      writeFileSync(`${request.result}.new`, JSON.stringify(load));
      renameSync(`${request.result}.new`, request.result);
    }),
  );
}
