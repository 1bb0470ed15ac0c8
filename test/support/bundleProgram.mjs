// Bundles a TypeScript program for Node with the extension's options.
import { buildSync } from 'esbuild';

/**
 * @param {string} entryPoint
 * @param {string} outfile
 * @param {import('esbuild').BuildOptions} [options]
 * @returns {string} the file
 */
export function bundleProgram(entryPoint, outfile, { external = [], ...options } = {}) {
  buildSync({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    keepNames: true,
    mainFields: ['module', 'main'],
    external: ['bufferutil', 'utf-8-validate', ...external],
    logLevel: 'error',
    ...options,
  });
  return outfile;
}
