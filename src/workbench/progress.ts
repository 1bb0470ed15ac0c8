import * as vscode from 'vscode';
import { abortError } from '../core/base/abort';
import { messageText } from '../core/base/singleLine';

/** Shorter operations show no notification, which would only flash. */
const notificationDelayMs = 600;

/**
 * Runs a cancellable operation, with a notification when it takes a while. The only place with cancellation tokens:
 * everything below it uses signals.
 */
export async function withProgress<T>(
  title: string,
  run: (signal: AbortSignal, report: (text: string) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let shown: vscode.Progress<{ message: string }> | undefined;
  let lastReport: string | undefined;
  const work = run(controller.signal, (text) => {
    const message = messageText(text);
    lastReport = message;
    shown?.report({ message });
  });
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: messageText(title), cancellable: true },
      async (progress, token) => {
        shown = progress;
        if (lastReport) progress.report({ message: lastReport });
        const subscription = token.onCancellationRequested(() => controller.abort(abortError()));
        // The caller gets the failure; the notification only closes.
        await work.catch(() => undefined);
        subscription.dispose();
      },
    );
  }, notificationDelayMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
