import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';

/** The only place that knows cancellation tokens: below it there are signals. */
export async function withProgress<T>(
  title: string,
  run: (signal: AbortSignal, report: (text: string) => void) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      const subscription = token.onCancellationRequested(() => controller.abort(abortError()));
      try {
        return await run(controller.signal, (message) => progress.report({ message }));
      } finally {
        subscription.dispose();
      }
    },
  );
}
