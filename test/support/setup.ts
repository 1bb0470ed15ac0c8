// Runs before each test file.
import { vi } from 'vitest';

vi.mock('vscode', async () => (await import('./fakeVscode')).vscodeModule);
