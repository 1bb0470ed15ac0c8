import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';

/** What is over sooner needs no notification, which would only flash. */
const patienceMs = 600;

/**
 * Runs something that can be cancelled, with a notification when it takes a while. The only place that knows
 * cancellation tokens: below it there are signals.
 */
export async function withProgress<T>(
  title: string,
  run: (signal: AbortSignal, report: (text: string) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let shown: vscode.Progress<{ message: string }> | undefined;
  let lastReport: string | undefined;
  const work = run(controller.signal, (message) => {
    lastReport = message;
    shown?.report({ message });
  });
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        shown = progress;
        if (lastReport) progress.report({ message: lastReport });
        const subscription = token.onCancellationRequested(() => controller.abort(abortError()));
        // Who called sees the failure; the notification only goes.
        await work.catch(() => undefined);
        subscription.dispose();
      },
    );
  }, patienceMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
