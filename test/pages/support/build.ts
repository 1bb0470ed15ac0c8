// Runs once before the tests of pages: builds dist/ when it is missing, or older than what it is built from.
import { buildExtension, distUpToDate } from '../../host/package.mjs';

export default async function setup(): Promise<void> {
  if (!distUpToDate()) await buildExtension();
}
