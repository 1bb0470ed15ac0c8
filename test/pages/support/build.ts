// Runs once before the page tests: builds dist/ if it is missing or older than its sources.
import { buildExtension, distUpToDate } from '../../host/package.mjs';

export default async function setup(): Promise<void> {
  if (!distUpToDate()) await buildExtension();
}
