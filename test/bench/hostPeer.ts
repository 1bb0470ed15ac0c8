// An extension beside ours in the same extension host, for the bench: says what that process costs, and reads with a plain
// loop of the SDK when it is told to.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { readPlainly, type PlainRequest } from './plainReader';
import { measureLoad } from './processLoad';

interface HostRequest {
  /** Absent: somebody else reads. */
  readonly plain?: PlainRequest;
  readonly seconds: number;
  /** The file for the answer. */
  readonly result: string;
}

const nobody = async () => () => 0;

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('benchPeer.measure', async () => {
      const file = process.env['IOT_HUB_WORKBENCH_BENCH_REQUEST'] ?? '';
      const request = JSON.parse(readFileSync(file, 'utf8')) as HostRequest;
      const shown = await (request.plain ? readPlainly(request.plain) : nobody());
      // Connecting, and the first messages, are no part of it.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      writeFileSync(`${request.result}.begun`, '');
      const load = await measureLoad(shown, request.seconds, 1);
      writeFileSync(`${request.result}.new`, JSON.stringify(load));
      renameSync(`${request.result}.new`, request.result);
    }),
  );
}
